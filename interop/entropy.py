"""Makes the numbers that TensorFlow takes from the machine known ones, for ops that shuffle by them and have no seed of their own.

    with fixed_entropy(7):
        session.run(...)    # every std::random_device in TensorFlow gives 7

TensorFlow's own copy of std::random_device::_M_getval, in libtensorflow_framework, returns the number while the block lasts: for
x86-64 on Linux only.
"""
import contextlib
import ctypes
import mmap
import platform

SYMBOL = "_ZNSt13random_device9_M_getvalEv"
LIBRARY = "libtensorflow_framework"


def function_address():
    import tensorflow  # noqa: F401  (loads the library)

    with open("/proc/self/maps") as maps:
        path = next(line.split()[-1] for line in maps if LIBRARY in line)
    return ctypes.cast(getattr(ctypes.CDLL(path), SYMBOL), ctypes.c_void_p).value


@contextlib.contextmanager
def fixed_entropy(number):
    if platform.machine() != "x86_64" or platform.system() != "Linux":
        raise OSError("entropy can only be fixed on x86-64 with Linux")
    code = b"\xb8" + int(number).to_bytes(4, "little") + b"\xc3"  # mov eax, number; ret
    address = function_address()
    page = address & -mmap.PAGESIZE
    everything = 7  # read, write, execute
    if ctypes.CDLL(None).mprotect(ctypes.c_void_p(page), ctypes.c_size_t(2 * mmap.PAGESIZE), everything) != 0:
        raise OSError("the page of %s cannot be written" % SYMBOL)
    before = ctypes.string_at(address, len(code))
    ctypes.memmove(address, code, len(code))
    try:
        yield
    finally:
        ctypes.memmove(address, before, len(code))

"""Goldens of the list family: TensorLists, TensorArrays, stacks. Run: python interop/goldens/list.py"""
from golden import Golden, np, rng, run, tf

g = Golden("list", __file__)
r = rng(17)
raw = tf.raw_ops
f32 = tf.float32


def m(*shape):
    return r.uniform(-1, 1, shape).astype(np.float32)


def one(name, ops, fetches):
    """A sequence of one run; `fetches` builds what is fetched, or the operation that is run."""
    def build():
        found = fetches()
        if isinstance(found, tf.Operation):
            return [run([], None, [found])]
        return [run(found if isinstance(found, list) else [found])]
    g.sequence(name, build, ops)


def hide(x):
    """A constant whose shape the graph does not know, so that the kernel is the one to refuse it."""
    return tf.compat.v1.placeholder_with_default(x, None)


def seen(l):
    """The list, or where refusals are recorded the list without what the graph knows of its elements."""
    return hide(l) if hidden else l


hidden = False


def reserve(shape, n, dtype=f32):
    return raw.TensorListReserve(element_shape=tf.constant(shape, tf.int32), num_elements=tf.constant(n), element_dtype=dtype)


def empty(shape, limit=-1, dtype=f32):
    return raw.EmptyTensorList(element_shape=tf.constant(shape, tf.int32), max_num_elements=tf.constant(limit), element_dtype=dtype)


def from_tensor(x, shape=None):
    return raw.TensorListFromTensor(tensor=hide(x), element_shape=tf.constant(list(x.shape[1:]) if shape is None else shape, tf.int32))


def stack(l, shape=-1, n=-1, dtype=f32):
    return raw.TensorListStack(input_handle=seen(l), element_shape=tf.constant(shape, tf.int32), element_dtype=dtype, num_elements=n)


def get(l, i, shape=-1, dtype=f32):
    return raw.TensorListGetItem(input_handle=seen(l), index=tf.constant(i), element_shape=tf.constant(shape, tf.int32), element_dtype=dtype)


def put(l, i, x, **kw):
    return raw.TensorListSetItem(input_handle=seen(l), index=tf.constant(i), item=hide(x), **kw)


def length(l):
    return raw.TensorListLength(input_handle=seen(l))


def push(l, x):
    return raw.TensorListPushBack(input_handle=seen(l), tensor=hide(x))


def pop(l, shape=-1, dtype=f32):
    return raw.TensorListPopBack(input_handle=seen(l), element_shape=tf.constant(shape, tf.int32), element_dtype=dtype)


x32 = m(3, 2)
one("from tensor, stack, get", ["TensorListFromTensor", "TensorListStack", "TensorListGetItem", "TensorListLength"], lambda: (lambda l: [stack(l), stack(l, [2], 3), get(l, 1), get(l, 2, [2]), length(l)])(from_tensor(x32)))
one("from scalar slices", ["TensorListFromTensor"], lambda: (lambda l: [stack(l), get(l, 0)])(from_tensor(m(4))))
one("from an empty tensor", ["TensorListFromTensor"], lambda: (lambda l: [stack(l, [2]), length(l)])(from_tensor(np.zeros((0, 2), np.float32))))
one("int, bool and string elements", ["TensorListFromTensor", "TensorListStack"], lambda: [
    stack(from_tensor(np.array([[1, 2], [3, 4]], np.int64)), dtype=tf.int64), stack(from_tensor(np.array([True, False])), dtype=tf.bool),
    stack(from_tensor(np.array([[b"a", b"bc"]], object)), dtype=tf.string)])


def old_lists_keep_their_items():
    a = from_tensor(x32)
    b = put(a, 1, m(2))
    c = put(b, 2, m(2))
    d = put(a, 0, m(2))
    e = push(a, m(2))
    p = pop(c)
    q = push(p.output_handle, m(2))
    with tf.control_dependencies([length(x) for x in (b, c, d, e, p.output_handle, q)]):
        return [stack(x) for x in (a, b, c, d, e, p.output_handle, q)] + [p.tensor, get(a, 1), get(c, 2)]


one("old lists keep their items", ["TensorListSetItem", "TensorListPushBack", "TensorListPopBack"], old_lists_keep_their_items)
one("reserve and fill", ["TensorListReserve", "TensorListSetItem"], lambda: (lambda l: [stack(l, [2]), get(l, 0, [2]), get(l, 1), length(l)])(put(reserve([2], 3), 1, m(2))))
one("reserve with a partial shape", ["TensorListReserve", "TensorListSetItem"], lambda: (lambda l: [stack(l), get(l, 0, [-1, 2]), get(l, 2, [3, -1])])(put(put(reserve([-1, -1], 3), 1, m(3, 2)), 2, m(3, 2))))
one("reserve with unknown rank", ["TensorListReserve"], lambda: (lambda l: [stack(l, [2]), get(l, 0, [4])])(put(reserve(-1, 2), 1, m(2))))
one("set grows the list", ["TensorListSetItem"], lambda: (lambda l: [length(l), get(l, 4)])(put(reserve([2], 1), 4, m(2), resize_if_index_out_of_bounds=True)))
one("resize", ["TensorListResize"], lambda: [stack(raw.TensorListResize(input_handle=from_tensor(x32), size=tf.constant(n)), [2]) for n in (5, 2, 3, 0)])
one("push and pop", ["EmptyTensorList", "TensorListPushBack", "TensorListPopBack"], lambda: (lambda l: (lambda p: [stack(l), p.tensor, stack(p.output_handle), length(l)])(pop(l)))(push(push(empty([2]), m(2)), m(2))))
one("pop of an unset element", ["TensorListPopBack"], lambda: (lambda p: [p.tensor, length(p.output_handle)])(pop(reserve([2], 3))))
one("element shape", ["TensorListElementShape"], lambda: [raw.TensorListElementShape(input_handle=reserve(s, 1), shape_type=t) for s in ([2, 3], [-1, 3], -1, []) for t in (tf.int32, tf.int64)])
one("gather", ["TensorListGather"], lambda: (lambda l: [raw.TensorListGather(input_handle=seen(l), indices=tf.constant(i, tf.int32), element_shape=tf.constant([2], tf.int32), element_dtype=f32) for i in ([2, 0], [1, 1, 1], [])])(from_tensor(x32)))
one("gather of unset elements", ["TensorListGather"], lambda: raw.TensorListGather(input_handle=put(reserve([2], 3), 1, m(2)), indices=tf.constant([0, 1]), element_shape=tf.constant(-1), element_dtype=f32))
one("scatter", ["TensorListScatter", "TensorListScatterV2"], lambda: [
    stack(raw.TensorListScatter(tensor=x32, indices=tf.constant([2, 0, 3]), element_shape=tf.constant([2])), [2]),
    stack(raw.TensorListScatterV2(tensor=x32, indices=tf.constant([2, 0, 3]), element_shape=tf.constant([2]), num_elements=tf.constant(6)), [2]),
    length(raw.TensorListScatterV2(tensor=x32, indices=tf.constant([2, 0, 3]), element_shape=tf.constant([2]), num_elements=tf.constant(-1)))])
one("scatter into an existing list", ["TensorListScatterIntoExistingList"], lambda: (lambda l: [stack(l, [2]), length(l)])(raw.TensorListScatterIntoExistingList(input_handle=from_tensor(m(3, 2)), tensor=x32, indices=tf.constant([2, 0, 3]))))
one("split and concat", ["TensorListSplit", "TensorListConcat", "TensorListConcatV2"], lambda: (lambda l: [length(l), get(l, 1)] + list(raw.TensorListConcat(input_handle=seen(l), element_dtype=f32)) + list(raw.TensorListConcatV2(input_handle=seen(l), element_shape=tf.constant([-1, 2]), leading_dims=tf.constant([], tf.int64), element_dtype=f32)))(raw.TensorListSplit(tensor=m(5, 2), element_shape=tf.constant([-1, 2]), lengths=tf.constant([2, 0, 3], tf.int64))))
one("concat with unset elements", ["TensorListConcatV2"], lambda: list(raw.TensorListConcatV2(input_handle=put(reserve([-1, 2], 2), 1, m(3, 2)), element_shape=tf.constant([-1, 2]), leading_dims=tf.constant([2, 3], tf.int64), element_dtype=f32)))
one("concat of lists", ["TensorListConcatLists"], lambda: stack(raw.TensorListConcatLists(input_a=from_tensor(x32), input_b=from_tensor(m(2, 2)), element_dtype=f32)))
one("push to a batch of lists", ["TensorListPushBackBatch"], lambda: (lambda b: [stack(b[0]), stack(b[1])])(tf.unstack(raw.TensorListPushBackBatch(input_handles=tf.stack([from_tensor(x32), from_tensor(m(1, 2))]), tensor=m(2, 2)), num=2)))
one("zeros like and sum of lists", ["ZerosLike", "AddN"], lambda: [stack(raw.ZerosLike(x=from_tensor(x32))), stack(raw.AddN(inputs=[from_tensor(x32), from_tensor(m(3, 2))])),
    stack(raw.AddN(inputs=[from_tensor(x32), put(reserve([2], 3), 1, m(2))]))])


def loop():
    n = 50
    l = reserve([], n)
    i = tf.constant(0)
    _, out = tf.compat.v1.while_loop(lambda i, l: i < n, lambda i, l: (i + 1, raw.TensorListSetItem(input_handle=seen(l), index=i, item=tf.cast(i, f32) * 2)), [i, l])
    return [stack(out)]


one("filled in a loop", ["TensorListSetItem"], loop)

# What is refused.
hidden = True
for name, fn in {
    "get beyond the end": lambda: get(from_tensor(x32), 5),
    "get before the start": lambda: get(from_tensor(x32), -1),
    "get of another dtype": lambda: get(from_tensor(x32), 0, dtype=tf.int32),
    "get of an unset element of unknown shape": lambda: get(reserve([-1], 2), 0),
    "get of a shape that does not fit": lambda: get(from_tensor(x32), 0, [3]),
    "get of an unset element of a shape that does not fit": lambda: get(reserve([2], 2), 0, [3]),
    "set beyond the end": lambda: length(put(from_tensor(x32), 3, m(2))),
    "set of another shape": lambda: length(put(from_tensor(x32), 0, m(3))),
    "set of another dtype": lambda: length(put(from_tensor(x32), 0, np.array([1, 2], np.int32))),
    "push of another shape": lambda: length(push(empty([2]), m(3))),
    "push of another dtype": lambda: length(push(empty([2]), np.array([1, 2], np.int32))),
    "push beyond the limit": lambda: length(push(push(empty([2], 1), m(2)), m(2))),
    "pop of an empty list": lambda: pop(empty([2])).tensor,
    "pop of another dtype": lambda: pop(from_tensor(x32), dtype=tf.int32).tensor,
    "stack of another length": lambda: stack(from_tensor(x32), n=4),
    "stack of another dtype": lambda: stack(from_tensor(x32), dtype=tf.int32),
    "stack of another shape": lambda: stack(from_tensor(x32), [3]),
    "stack of an empty list of unknown shape": lambda: stack(empty([-1])),
    "stack of unset elements of unknown shape": lambda: stack(reserve([-1], 2)),
    "stack of elements of several shapes": lambda: stack(push(push(empty([-1]), m(2)), m(3))),
    "list from a scalar": lambda: length(from_tensor(np.float32(1), [])),
    "list from a tensor of another shape": lambda: length(from_tensor(x32, [3])),
    "resize to less than nothing": lambda: length(raw.TensorListResize(input_handle=from_tensor(x32), size=tf.constant(-1))),
    "reserve of less than nothing": lambda: length(reserve([2], -1)),
    "gather beyond the end": lambda: raw.TensorListGather(input_handle=from_tensor(x32), indices=tf.constant([5]), element_shape=tf.constant([2]), element_dtype=f32),
    "gather of nothing from a list of unknown shape": lambda: raw.TensorListGather(input_handle=empty([-1]), indices=tf.constant([], tf.int32), element_shape=tf.constant([-1]), element_dtype=f32),
    "scatter with a negative index": lambda: length(raw.TensorListScatterV2(tensor=x32, indices=tf.constant([0, -1, 2]), element_shape=tf.constant([2]), num_elements=tf.constant(-1))),
    "scatter beyond the end": lambda: length(raw.TensorListScatterV2(tensor=x32, indices=tf.constant([0, 1, 5]), element_shape=tf.constant([2]), num_elements=tf.constant(4))),
    "scatter with too few rows": lambda: length(raw.TensorListScatterV2(tensor=x32, indices=tf.constant([0, 1, 2, 3]), element_shape=tf.constant([2]), num_elements=tf.constant(-1))),
    "split of other lengths": lambda: length(raw.TensorListSplit(tensor=x32, element_shape=tf.constant([-1, 2]), lengths=tf.constant([2, 2], tf.int64))),
    "split of too small lengths": lambda: length(raw.TensorListSplit(tensor=x32, element_shape=tf.constant([-1, 2]), lengths=tf.constant([1, 1], tf.int64))),
    "split with a negative length": lambda: length(raw.TensorListSplit(tensor=x32, element_shape=tf.constant([-1, 2]), lengths=tf.constant([4, -1], tf.int64))),
    "concat of an empty list": lambda: raw.TensorListConcatV2(input_handle=empty([-1, -1]), element_shape=tf.constant([-1, -1]), leading_dims=tf.constant([], tf.int64), element_dtype=f32)[0],
    "concat of scalars": lambda: raw.TensorListConcatV2(input_handle=from_tensor(m(3)), element_shape=tf.constant(-1), leading_dims=tf.constant([], tf.int64), element_dtype=f32)[0],
    "concat of several shapes": lambda: raw.TensorListConcatV2(input_handle=push(push(empty([-1, -1]), m(2, 2)), m(2, 3)), element_shape=tf.constant([-1, -1]), leading_dims=tf.constant([], tf.int64), element_dtype=f32)[0],
}.items():
    one(name, ["errors"], fn)


hidden = False


def ta(n, **kw):
    kw.setdefault("dtype", f32)
    return raw.TensorArrayV3(size=tf.constant(n), **kw)


def ta_basic():
    h, flow = ta(3, element_shape=[2])
    flow = raw.TensorArrayWriteV3(handle=h, index=0, value=tf.constant(x32[0]), flow_in=flow)
    flow = raw.TensorArrayWriteV3(handle=h, index=2, value=tf.constant(x32[2]), flow_in=flow)
    with tf.control_dependencies([flow]):
        n = raw.TensorArraySizeV3(handle=h, flow_in=flow)
        b = raw.TensorArrayReadV3(handle=h, index=2, flow_in=flow, dtype=f32)
    return [n, b]


one("array: write, size, read", ["TensorArrayV3", "TensorArrayWriteV3", "TensorArraySizeV3", "TensorArrayReadV3"], ta_basic)


def ta_scatter():
    h, flow = ta(2, dynamic_size=True, clear_after_read=False)
    flow = raw.TensorArrayScatterV3(handle=h, indices=[3, 0, 1], value=tf.constant(x32), flow_in=flow)
    flow = raw.TensorArrayWriteV3(handle=h, index=2, value=tf.constant(x32[2]), flow_in=flow)
    return [raw.TensorArraySizeV3(handle=h, flow_in=flow), raw.TensorArrayGatherV3(handle=h, indices=[0, 1, 2, 3], flow_in=flow, dtype=f32), raw.TensorArrayReadV3(handle=h, index=3, flow_in=flow, dtype=f32)] + list(raw.TensorArrayConcatV3(handle=h, flow_in=flow, dtype=f32))


one("array: scatter, gather, concat", ["TensorArrayScatterV3", "TensorArrayGatherV3", "TensorArrayConcatV3"], ta_scatter)


def ta_split():
    h, flow = ta(3, clear_after_read=False)
    x = m(6, 2)
    flow = raw.TensorArraySplitV3(handle=h, value=tf.constant(x), lengths=tf.constant([1, 0, 5], tf.int64), flow_in=flow)
    out = list(raw.TensorArrayConcatV3(handle=h, flow_in=flow, dtype=f32)) + [raw.TensorArrayReadV3(handle=h, index=2, flow_in=flow, dtype=f32)]
    return out


one("array: split, concat", ["TensorArraySplitV3", "TensorArrayConcatV3"], ta_split)


def ta_grad():
    h, flow = ta(2, clear_after_read=False)
    flow = raw.TensorArrayWriteV3(handle=h, index=0, value=tf.constant(x32[0]), flow_in=flow)
    flow = raw.TensorArrayWriteV3(handle=h, index=1, value=tf.constant(x32[1]), flow_in=flow)
    gh, gflow = raw.TensorArrayGradV3(handle=h, flow_in=flow, source="gradients")
    gflow = raw.TensorArrayWriteV3(handle=gh, index=0, value=tf.constant(m(2)), flow_in=gflow)
    gflow = raw.TensorArrayWriteV3(handle=gh, index=0, value=tf.constant(m(2)), flow_in=gflow)
    return [raw.TensorArrayReadV3(handle=gh, index=0, flow_in=gflow, dtype=f32), raw.TensorArrayReadV3(handle=gh, index=1, flow_in=gflow, dtype=f32)]


one("array: gradients add up", ["TensorArrayGradV3"], ta_grad)


def ta_loop_gradient():
    w = tf.constant(m(2))
    array = tf.compat.v1.TensorArray(f32, 3)
    _, array = tf.compat.v1.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a.write(i, w * tf.cast(i + 1, f32))), [0, array])
    y = tf.reduce_sum(array.stack() ** 2)
    return [y] + tf.gradients(y, [w])


one("array: gradient through a loop", ["TensorArrayGradV3", "TensorArrayWriteV3"], ta_loop_gradient)


def chained(h, flow, *steps):
    for s in steps:
        flow = s(h, flow)
    return flow


for name, fn in {
    "array: write of another dtype": lambda: chained(*ta(2), lambda h, f: raw.TensorArrayWriteV3(handle=h, index=0, value=tf.constant([1, 2]), flow_in=f)),
    "array: read beyond the end": lambda: chained(*ta(2), lambda h, f: raw.TensorArrayReadV3(handle=h, index=7, flow_in=f, dtype=f32)),
    "array: read of another dtype": lambda: chained(*ta(2), lambda h, f: raw.TensorArrayReadV3(handle=h, index=0, flow_in=f, dtype=tf.int32)),
    "array: read after a close": lambda: (lambda h, f: (lambda c: tf.group(c))(raw.TensorArrayCloseV3(handle=h)))(*ta(2)),
    "array: split of other lengths": lambda: chained(*ta(2), lambda h, f: raw.TensorArraySplitV3(handle=h, value=tf.constant(x32), lengths=tf.constant([1, 1], tf.int64), flow_in=f)),
    "array: unpack to too small an array": lambda: chained(*ta(2), lambda h, f: raw.TensorArrayScatterV3(handle=h, indices=[0, 1, 2], value=tf.constant(x32), flow_in=f)),
    "array: gather of nothing": lambda: chained(*ta(2), lambda h, f: raw.TensorArrayGatherV3(handle=h, indices=tf.constant([], tf.int32), flow_in=f, dtype=f32)),
    "array: gather of nothing of a known shape": lambda: chained(*ta(2), lambda h, f: raw.TensorArrayGatherV3(handle=h, indices=tf.constant([], tf.int32), flow_in=f, dtype=f32, element_shape=[3])),
    "array: gradient of a dynamic array": lambda: (lambda h, f: raw.TensorArrayGradV3(handle=h, flow_in=f, source="g")[1])(*ta(2, dynamic_size=True)),
}.items():
    one(name, ["TensorArray errors"], fn)


def stacks():
    h = raw.StackV2(max_size=tf.constant(-1), elem_type=f32, stack_name="s")
    a = raw.StackPushV2(handle=h, elem=tf.constant(x32))
    with tf.control_dependencies([a]):
        b = raw.StackPushV2(handle=h, elem=tf.constant(m(2)))
    with tf.control_dependencies([b]):
        c = raw.StackPopV2(handle=h, elem_type=f32)
    with tf.control_dependencies([c]):
        d = raw.StackPopV2(handle=h, elem_type=f32)
    return [a, b, c, d]


one("stack", ["StackV2", "StackPushV2", "StackPopV2"], stacks)
one("stack: push of another dtype", ["StackPushV2"], lambda: raw.StackPushV2(handle=raw.StackV2(max_size=tf.constant(-1), elem_type=f32, stack_name="s"), elem=tf.constant(1)))


def list_gradient():
    """Through a list that is filled, changed and read again."""
    x, y = tf.constant(m(3, 2)), tf.constant(m(2))
    l = raw.TensorListFromTensor(tensor=x, element_shape=tf.constant([2]))
    l = raw.TensorListSetItem(input_handle=seen(l), index=tf.constant(1), item=y)
    l = raw.TensorListPushBack(input_handle=seen(l), tensor=y * 2)
    p = raw.TensorListPopBack(input_handle=seen(l), element_shape=tf.constant([2]), element_dtype=f32)
    s = stack(p.output_handle, [2])
    item = get(p.output_handle, 0, [2])
    gathered = raw.TensorListGather(input_handle=p.output_handle, indices=tf.constant([2, 1]), element_shape=tf.constant([2]), element_dtype=f32)
    loss = tf.reduce_sum(s ** 2) + tf.reduce_sum(item ** 3) + tf.reduce_sum(p.tensor ** 2) + tf.reduce_sum(gathered * s[:2])
    return [loss] + tf.gradients(loss, [x, y])


one("gradient through a list", ["gradients"], list_gradient)
g.write()

"""Goldens of the io family's ops that live in a session: queues and iterators that nothing has initialised."""
from golden import Golden, np, run, tf

g = Golden("io", __file__)
raw = tf.raw_ops
f32 = np.float32


def queue():
    q = raw.FIFOQueueV2(component_types=[tf.float32, tf.int64], shapes=[[2], []], capacity=4, name="fifo")
    one = [tf.compat.v1.placeholder(tf.float32), tf.compat.v1.placeholder(tf.int64)]
    enqueue = raw.QueueEnqueueV2(handle=q, components=one)
    many = raw.QueueEnqueueManyV2(handle=q, components=one)
    dequeue = raw.QueueDequeueV2(handle=q, component_types=[tf.float32, tf.int64])
    n = tf.compat.v1.placeholder(tf.int32)
    batch = raw.QueueDequeueManyV2(handle=q, n=n, component_types=[tf.float32, tf.int64])
    rest = raw.QueueDequeueUpToV2(handle=q, n=n, component_types=[tf.float32, tf.int64])
    close = raw.QueueCloseV2(handle=q)
    size, closed = raw.QueueSizeV2(handle=q), raw.QueueIsClosedV2(handle=q)
    rows = {one[0]: np.array([[1, 2], [3, 4], [5, 6]], f32), one[1]: np.array([7, 8, 9])}
    return [
        run([size, closed]),
        run([], {one[0]: np.array([0, 1], f32), one[1]: np.array(5)}, [enqueue]),
        run([], {one[0]: np.array([0, 1, 2], f32), one[1]: np.array(5)}, [enqueue]),
        run([], rows, [many]),
        run([size]),
        run(dequeue),
        run(batch, {n: np.array(2, np.int32)}),
        run(batch, {n: np.array(0, np.int32)}),
        run(batch, {n: np.array(-1, np.int32)}),
        run([size]),
        run([], {}, [close]),
        run([closed]),
        run(batch, {n: np.array(2, np.int32)}),
        run(rest, {n: np.array(2, np.int32)}),
        run(rest, {n: np.array(2, np.int32)}),
        run(dequeue),
        run([], rows, [many]),
    ]


g.sequence("a queue fills, empties and closes", queue, ops=[
    "FIFOQueueV2", "QueueEnqueueV2", "QueueEnqueueManyV2", "QueueDequeueV2", "QueueDequeueManyV2", "QueueDequeueUpToV2",
    "QueueCloseV2", "QueueSizeV2", "QueueIsClosedV2"])


def strings():
    q = raw.FIFOQueueV2(component_types=[tf.string], shared_name="lines", name="q")
    line = tf.compat.v1.placeholder(tf.string)
    enqueue = raw.QueueEnqueueManyV2(handle=q, components=[line])
    take = raw.QueueDequeueManyV2(handle=q, n=2, component_types=[tf.string])
    drop = raw.QueueCloseV2(handle=q, cancel_pending_enqueues=True)
    return [
        run([], {line: np.array([b"a", b"b", b"c"], object)}, [enqueue]),
        run([take] if isinstance(take, tf.Tensor) else list(take)),
        run([], {}, [drop]),
        run([take] if isinstance(take, tf.Tensor) else list(take)),
    ]


g.sequence("a queue of strings", strings, ops=["FIFOQueueV2", "QueueEnqueueManyV2", "QueueDequeueManyV2", "QueueCloseV2"])


def iterators():
    types = {"output_types": [tf.int64, tf.string], "output_shapes": [[None], []]}
    named = raw.IteratorV2(shared_name="pipeline", container="", **types)
    following = raw.IteratorGetNext(iterator=named, **types)
    sync = raw.IteratorGetNextSync(iterator=named, **types)
    handle = tf.compat.v1.placeholder(tf.string, [])
    by_name = raw.IteratorFromStringHandle(string_handle=handle, **types)
    by_name2 = raw.IteratorFromStringHandleV2(string_handle=handle, **types)
    return [
        run(following),
        run(sync),
        run(raw.IteratorGetNext(iterator=by_name, **types), {handle: np.array(b"no handle", object)}),
        run(raw.IteratorGetNext(iterator=by_name2, **types), {handle: np.array(b"no handle", object)}),
        run([raw.Identity(input=following[0])], {following[0]: np.array([1, 2])}),
    ]


g.sequence("iterators that nothing has initialised", iterators, ops=[
    "IteratorV2", "IteratorFromStringHandle", "IteratorFromStringHandleV2", "IteratorGetNext", "IteratorGetNextSync"])
g.write()

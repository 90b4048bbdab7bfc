"""Goldens of the state family: variables of both kinds, scatters, optimizers; as sequences of runs in one session."""
from golden import Golden, np, rng, run, tf

g = Golden("state", __file__)
R = tf.raw_ops
v1 = tf.compat.v1
r = rng(11)
f32 = np.float32
tf32 = tf.float32


def placeholder(value, dtype=None):
    """A value that hides its shape from the shape functions."""
    return v1.placeholder_with_default(tf.constant(value, dtype), None)


def handle(name, shape, dtype=tf32):
    return R.VarHandleOp(dtype=dtype, shape=shape, shared_name=name)


def assigned(name, value, dtype=tf32):
    value = np.asarray(value, tf.as_dtype(dtype).as_numpy_dtype)
    var = handle(name, value.shape, dtype)
    return var, R.AssignVariableOp(resource=var, value=tf.constant(value))


def read(var, dtype=tf32):
    return R.ReadVariableOp(resource=var, dtype=dtype)


def basics():
    var, init = assigned("v", [[1, 2], [3, 4], [5, 6]])
    more = placeholder(np.ones([3, 2], f32))
    isin = R.VarIsInitializedOp(resource=var)
    bad = placeholder(np.ones([2, 2], f32))
    return [
        run([isin]), run([read(var)]), run([R.VariableShape(input=var)]), run(targets=[R.AssignAddVariableOp(resource=var, value=more)]),
        run([R.ResourceGather(resource=var, indices=[0], dtype=tf32)]), run([R.ResourceGatherNd(resource=var, indices=[[0]], dtype=tf32)]),
        run(targets=[init]), run([isin, read(var), R.VariableShape(input=var), R.VariableShape(input=var, out_type=tf.int64)]),
        run(targets=[R.AssignAddVariableOp(resource=var, value=more)]), run([read(var)]),
        run(targets=[R.AssignSubVariableOp(resource=var, value=more * 3)]), run([read(var)]),
        run([R.ResourceGather(resource=var, indices=[[2, 0], [1, 1]], dtype=tf32), R.ResourceGatherNd(resource=var, indices=[[2, 0]], dtype=tf32)]),
        run([R.ResourceGather(resource=var, indices=[3], dtype=tf32)]), run([R.ResourceGatherNd(resource=var, indices=[[0, 2]], dtype=tf32)]),
        run(targets=[R.AssignAddVariableOp(resource=var, value=bad)]), run(targets=[R.AssignVariableOp(resource=var, value=bad, validate_shape=True)]),
        run(targets=[R.AssignVariableOp(resource=var, value=bad)]), run([read(var)]),
        run(targets=[R.DestroyResourceOp(resource=var)]), run([isin]), run([read(var)]),
        run(targets=[R.DestroyResourceOp(resource=var)]), run(targets=[R.DestroyResourceOp(resource=var, ignore_lookup_error=False)]),
    ]


g.sequence("resource variable", basics, ["VarHandleOp", "ReadVariableOp", "AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp",
           "VarIsInitializedOp", "DestroyResourceOp", "VariableShape", "ResourceGather", "ResourceGatherNd"])


def missing_beside_another():
    other, init = assigned("other", [1])
    var = handle("v", [1])
    return [run(targets=[init]), run([read(var)]), run([R.VariableShape(input=var)])]


g.sequence("a variable that is not there", missing_beside_another, ["ReadVariableOp"])


def constant_stays():
    value = tf.constant([1.0, 2, 3])
    var = handle("v", [3])
    init = R.AssignVariableOp(resource=var, value=value)
    add = R.ResourceScatterAdd(resource=var, indices=[0], updates=[5.0])
    before = read(var)
    with tf.control_dependencies([before]):
        after_add = R.ResourceScatterAdd(resource=var, indices=[1], updates=[7.0])
    with tf.control_dependencies([after_add]):
        after = read(var)
    return [run(targets=[init]), run(targets=[add]), run([read(var), value]), run([before, after]), run(targets=[init]), run([read(var)])]


g.sequence("updates in place leave what was read and assigned alone", constant_stays, ["ResourceScatterAdd"])

for dtype in [tf.float32, tf.float64, tf.int32, tf.int64, tf.float16, tf.bfloat16]:
    def scatters(dtype=dtype):
        var, init = assigned("v", [[8, 2], [3, 4], [5, 6], [7, 9]], dtype)
        runs = [run(targets=[init])]
        for kind in ["Add", "Sub", "Mul", "Div", "Min", "Max", "Update"]:
            op = getattr(R, "ResourceScatter" + kind)
            runs += [run(targets=[op(resource=var, indices=[1, 3, 1], updates=tf.constant([[1, 2], [3, 4], [5, 6]], dtype))]), run([read(var, dtype)]),
                     run(targets=[op(resource=var, indices=tf.constant([[0], [2]], tf.int64), updates=tf.constant(2, dtype))]), run([read(var, dtype)])]
        for kind in ["Add", "Sub", "Min", "Max", "Update"]:
            op = getattr(R, "ResourceScatterNd" + kind)
            runs += [run(targets=[op(ref=var, indices=[[0, 1], [2, 0]], updates=tf.constant([3, 4], dtype))]), run([read(var, dtype)])]
        runs += [run(targets=[R.ResourceStridedSliceAssign(ref=var, begin=[1, 0], end=[3, 1], strides=[1, 1], value=tf.constant([[9], [8]], dtype))]),
                 run([read(var, dtype)])]
        return runs
    g.sequence("scatters " + dtype.name, scatters, ["ResourceScatterAdd", "ResourceScatterNdAdd", "ResourceStridedSliceAssign"])


def scatter_errors():
    var, init = assigned("v", [[1, 2], [3, 4]])
    i = lambda v: placeholder(v, tf.int32)
    f = lambda v: placeholder(v, tf32)
    add = lambda **k: run(targets=[R.ResourceScatterAdd(resource=var, **k)])
    nd = lambda **k: run(targets=[R.ResourceScatterNdAdd(ref=var, **k)])
    return [
        run(targets=[R.ResourceScatterAdd(resource=var, indices=i([0]), updates=f([[1, 1]]))]), run(targets=[init]),
        add(indices=i([0, 5]), updates=f([[1, 1], [1, 1]])), add(indices=i([[0, 1], [1, -1]]), updates=f(np.ones([2, 2, 2]))),
        add(indices=i([0, 1]), updates=f(np.ones([3, 2]))), nd(indices=i([[0], [9]]), updates=f(np.ones([2, 2]))),
        nd(indices=i([[0], [1]]), updates=f(np.ones([3, 2]))), nd(indices=i([[0], [1]]), updates=f(np.ones([2, 3]))),
        nd(indices=i([[0, 0, 0]]), updates=f(np.ones([1]))),
        run(targets=[R.ResourceStridedSliceAssign(ref=var, begin=i([0]), end=i([1]), strides=i([1]), value=f(np.ones([3])))]),
        # What a failed scatter leaves behind is not recorded: TensorFlow's kernels have written some rows by then, ours none.
    ]


g.sequence("scatter errors", scatter_errors, ["ResourceScatterAdd", "ResourceScatterNdAdd"])


def counting():
    var, init = assigned("c", 1, tf.int64)
    ref = v1.get_variable("rc", initializer=tf.constant(2, tf.int32), use_resource=False)
    count, count_ref = R.ResourceCountUpTo(resource=var, limit=3, T=tf.int64), v1.count_up_to(ref, 4)
    return [run(targets=[init, ref.initializer])] + [run([count])] * 3 + [run([count_ref])] * 3


g.sequence("counters", counting, ["ResourceCountUpTo", "CountUpTo"])


def create(op, inputs, attrs=None):
    return v1.get_default_graph()._create_op_internal(op, inputs, attrs=attrs or {}, name=op)


def refs():
    v = v1.get_variable("w", initializer=tf.constant([[1.0, 2], [3, 4], [5, 6]]), use_resource=False)
    ref = v._ref()
    isin = v1.is_variable_initialized(v)
    bad = placeholder(np.ones([2, 2], f32))
    out = lambda op, *inputs: create(op, [ref, *[x if isinstance(x, tf.Tensor) else tf.constant(x) for x in inputs]]).outputs[0]
    f = lambda *v: np.array(v, f32)
    runs = [run([isin]), run([tf.identity(v)]), run([out("AssignAdd", f([1, 1], [1, 1], [1, 1]))]), run([out("ScatterAdd", np.array([0], np.int32), f([1, 1]))]),
            run([out("Assign", bad)]), run(targets=[v.initializer]), run([isin, tf.identity(v), v.value()])]
    runs += [run([out("AssignAdd", f([1, 1], [1, 1], [1, 1]))]), run([out("AssignSub", f([2, 1], [2, 1], [0, 1]))]), run([out("AssignAdd", bad)]), run([out("Assign", bad)])]
    for kind in ["Add", "Sub", "Mul", "Div", "Min", "Max", "Update"]:
        runs.append(run([out("Scatter" + kind, np.array([2, 0], np.int32), f([2, 3], [4, 5]))]))
        runs.append(run([out("Scatter" + kind, np.array([1], np.int64), np.float32(2))]))
    for kind in ["Add", "Sub", "Update"]:
        runs.append(run([out("ScatterNd" + kind, np.array([[0, 1], [2, 0]], np.int32), f(7, 8))]))
    runs += [run([out("ScatterAdd", np.array([3], np.int32), f([1, 1]))]), run([out("ScatterAdd", np.array([0], np.int32), bad)]),
             run([v1.assign(v, np.zeros([2, 2]), validate_shape=False)]), run([tf.identity(v)])]
    return runs


g.sequence("ref variable", refs, ["VariableV2", "Assign", "AssignAdd", "AssignSub", "IsVariableInitialized", "ScatterAdd"])

OPTIMIZERS = {
    "GradientDescent": ([], dict(alpha=0.1), [{}]),
    "Momentum": (["accum"], dict(lr=0.1, momentum=0.9), [{}, {"use_nesterov": True}]),
    "KerasMomentum": (["accum"], dict(lr=0.1, momentum=0.9), [{}, {"use_nesterov": True}]),
    "Adagrad": (["accum"], dict(lr=0.1), [{}, {"update_slots": False}]),
    "AdagradV2": (["accum"], dict(lr=0.1, epsilon=0.01), [{}]),
    "Adadelta": (["accum", "accum_update"], dict(lr=0.5, rho=0.95, epsilon=0.01), [{}]),
    "Adam": (["m", "v"], dict(beta1_power=0.9, beta2_power=0.99, lr=0.1, beta1=0.9, beta2=0.99, epsilon=1e-4), [{}, {"use_nesterov": True}]),
    "AdamWithAmsgrad": (["m", "v", "vhat"], dict(beta1_power=0.9, beta2_power=0.99, lr=0.1, beta1=0.9, beta2=0.99, epsilon=1e-4), [{}]),
    "AdaMax": (["m", "v"], dict(beta1_power=0.9, lr=0.1, beta1=0.9, beta2=0.99, epsilon=1e-4), [{}]),
    "RMSProp": (["ms", "mom"], dict(lr=0.1, rho=0.9, momentum=0.5, epsilon=0.01), [{}]),
    "CenteredRMSProp": (["mg", "ms", "mom"], dict(lr=0.1, rho=0.9, momentum=0.5, epsilon=2.0), [{}]),
    "Ftrl": (["accum", "linear"], dict(lr=0.3, l1=0.1, l2=0.2, lr_power=-0.5), [{}, {"multiply_linear_by_lr": True}]),
    "Ftrl power": (["accum", "linear"], dict(lr=0.3, l1=0.1, l2=0.2, lr_power=-0.7), [{}]),
    "FtrlV2": (["accum", "linear"], dict(lr=0.3, l1=0.1, l2=0.2, l2_shrinkage=0.3, lr_power=-0.5), [{}, {"multiply_linear_by_lr": True}]),
    "ProximalAdagrad": (["accum"], dict(lr=0.3, l1=0.1, l2=0.2), [{}]),
    "ProximalAdagrad l1 0": (["accum"], dict(lr=0.3, l1=0.0, l2=0.2), [{}]),
    "ProximalGradientDescent": ([], dict(alpha=0.3, l1=0.1, l2=0.2), [{}]),
    "AdagradDA": (["gradient_accumulator", "gradient_squared_accumulator"], dict(lr=0.3, l1=0.1, l2=0.2, global_step=3), [{}]),
    "AddSign": (["m"], dict(lr=0.1, alpha=1.0, sign_decay=0.8, beta=0.9), [{}]),
    "PowerSign": (["m"], dict(lr=0.1, logbase=1.0, sign_decay=0.8, beta=0.9), [{}]),
}
NO_REF = ["KerasMomentum", "AdamWithAmsgrad"]
SPARSE = ["Adagrad", "AdagradV2", "Adadelta", "Momentum", "KerasMomentum", "RMSProp", "CenteredRMSProp", "Ftrl", "Ftrl power", "FtrlV2", "ProximalAdagrad",
          "ProximalAdagrad l1 0", "ProximalGradientDescent", "AdagradDA"]


def train(name, slots, scalars, attrs, dtype, sparse, is_ref):
    """A few steps of an optimizer, with what its variable and slots are after each."""
    op = ("" if is_ref else "Resource") + ("SparseApply" if sparse else "Apply") + name.split(" ")[0]
    op_def = [a.name for a in __import__("golden").op_def_registry.get(op).input_arg]
    random = rng(5)

    def build():
        n = dtype.as_numpy_dtype
        first = random.uniform(-1, 1, [4, 3]).astype(n)
        values = [first] + [np.full([4, 3], 0.1, n) if s not in ("linear", "gradient_accumulator") else random.uniform(-1, 1, [4, 3]).astype(n) for s in slots]
        names = ["var"] + slots
        if is_ref:
            variables = [v1.get_variable("s%d" % i, initializer=tf.constant(x), use_resource=False) for i, x in enumerate(values)]
            inputs = {k: v._ref() for k, v in zip(names, variables)}
            init, reads = [v.initializer for v in variables], [tf.identity(v) for v in variables]
        else:
            pairs = [assigned("s%d" % i, x, dtype) for i, x in enumerate(values)]
            inputs = {k: p[0] for k, p in zip(names, pairs)}
            init, reads = [p[1] for p in pairs], [read(p[0], dtype) for p in pairs]
        for k, x in scalars.items():
            inputs[k] = tf.constant(x, tf.int64 if k == "global_step" else dtype)
        runs = [run(targets=init)]
        for step in range(2):
            grad = random.uniform(-1, 1, [3, 3] if sparse else [4, 3]).astype(n)
            inputs["delta" if "delta" in op_def else "grad"] = tf.constant(grad)
            inputs["indices"] = tf.constant([3, 0, 3], tf.int32 if step else tf.int64)
            node = create(op, [inputs[k] for k in op_def], {k: v1.AttrValue(b=x) for k, x in attrs.items()})
            runs += [run([node.outputs[0]] if is_ref else [], targets=[] if is_ref else [node]), run(reads)]
        return runs

    label = "%s %s%s" % (op, dtype.name, " %s" % (name.split(" ", 1)[1:] + sorted(attrs)) if attrs or " " in name else "")
    tolerance = dict(rtol=2e-2, atol=2e-2) if dtype in (tf.float16, tf.bfloat16) else {}
    g.sequence(label, build, [op], **tolerance)


for name, (slots, scalars, variants) in OPTIMIZERS.items():
    for attrs in variants:
        train(name, slots, scalars, attrs, tf.float32, False, False)
        if name in SPARSE:
            train(name, slots, scalars, attrs, tf.float32, True, False)
    train(name, slots, scalars, {}, tf.float64, False, False)
    if name not in NO_REF:
        train(name, slots, scalars, {}, tf.float32, False, True)
        if name in SPARSE:
            train(name, slots, scalars, {}, tf.float32, True, True)
train("Adam", *OPTIMIZERS["Adam"][:2], {}, tf.bfloat16, False, False)
train("GradientDescent", *OPTIMIZERS["GradientDescent"][:2], {}, tf.float16, False, False)


def training_errors():
    var, init = assigned("v", [[1, 2], [3, 4]])
    acc, init_acc = assigned("a", [[1, 2], [3, 4]])
    small, init_small = assigned("s", [1, 2])
    f, i = (lambda x: placeholder(x, tf32)), (lambda x: placeholder(x, tf.int32))
    one = np.ones([2, 2], f32)
    sgd = lambda alpha, delta: run(targets=[R.ResourceApplyGradientDescent(var=var, alpha=alpha, delta=delta)])
    ada = lambda accum, lr, grad: run(targets=[R.ResourceApplyAdagrad(var=var, accum=accum, lr=lr, grad=grad)])
    spa = lambda grad, indices: run(targets=[R.ResourceSparseApplyAdagrad(var=var, accum=acc, lr=0.1, grad=grad, indices=indices)])
    adam = lambda lr, b, grad: run(targets=[R.ResourceApplyAdam(var=var, m=acc, v=acc, beta1_power=b, beta2_power=0.9, lr=lr, beta1=0.9, beta2=0.9, epsilon=0.1, grad=grad)])
    return [
        sgd(f(0.1), f(one)), run(targets=[init]), ada(acc, f(0.1), f(one)), run(targets=[init_acc, init_small]),
        sgd(f([0.1]), f(one)), sgd(f(0.1), f(one[0])), ada(acc, f([0.1]), f(one)), ada(acc, f(0.1), f(one[0])),
        adam(f([0.1]), f(0.9), f(one)), adam(f(0.1), f([0.9]), f(one)), adam(f(0.1), f(0.9), f(one[:1])),
        spa(f(one), i([0, 2])), spa(f(one), i([-1, 0])), spa(f(one), i([0])), spa(f(one[:, :1]), i([0, 1])), spa(f(one), i([[0, 1]])), run([read(var), read(acc)]),
    ]


g.sequence("training errors", training_errors, ["ResourceApplyGradientDescent", "ResourceApplyAdagrad", "ResourceApplyAdam", "ResourceSparseApplyAdagrad"])


def ref_errors():
    v = v1.get_variable("w", initializer=tf.constant([1.0, 2]), use_resource=False)
    node = create("ApplyGradientDescent", [v._ref(), tf.constant(0.1), placeholder(np.ones([3], f32))])
    return [run([node.outputs[0]]), run(targets=[v.initializer]), run([node.outputs[0]])]


g.sequence("training errors of refs", ref_errors, ["ApplyGradientDescent"])


def gradients():
    x = v1.placeholder(tf.float32, [2, 3])
    table = v1.get_variable("table", initializer=tf.constant(r.uniform(-1, 1, [4, 3]).astype(f32)), use_resource=True)
    whole = v1.get_variable("whole", initializer=tf.constant(r.uniform(-1, 1, [2, 3]).astype(f32)), use_resource=True)
    rows = R.ResourceGather(resource=table.handle, indices=[3, 0], dtype=tf32)
    one = R.ResourceGatherNd(resource=table.handle, indices=[[3, 1], [0, 2]], dtype=tf32)
    y = tf.reduce_sum(rows * x * whole) + tf.reduce_sum(one * one)
    grads = [tf.convert_to_tensor(d) for d in tf.gradients(y, [table, whole])]
    return [run(targets=[table.initializer, whole.initializer]), run([y] + grads, {x: r.uniform(-1, 1, [2, 3]).astype(f32)})]


g.sequence("graph of gradients", gradients, ["ResourceGather", "ResourceGatherNd", "ReadVariableOp"])
g.write()

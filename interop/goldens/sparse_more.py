def record(g, m, i64, s, sample, ALL, NUMERIC):
    pass

/** Features whose sums one run of the inner loop adds to: more would make its code long for nothing. */
const mostUnrolled = 16;

/** What a module is made for. */
export interface HistogramSizes {
  readonly features: number;
  /** Cells of a feature, the one for missing values included. */
  readonly cells: number;
  /** Nodes that rows may stand in. */
  readonly nodes: number;
}

/** Where things lie in the memory of a `Histograms`; all numbers are bytes. */
export interface HistogramLayout {
  readonly scratch: ScratchLayout;
  /** Features of a block: the inner loop does one block of a row. */
  readonly blockFeatures: number;
  readonly blocks: number;
  /** A cell's number takes 1 or 2. */
  readonly cellBytes: 1 | 2;
  /** A row of one block's cells' numbers. */
  readonly rowBytes: number;
  /** Sums of a block: by feature and cell a gradient and a Hessian, float64. */
  readonly sums: number;
  readonly sumsBytes: number;
  /** What the search finds: `foundWords` numbers of 4 a feature of a block. */
  readonly found: number;
  /** From here on memory is for rows. */
  readonly rows: number;
}

/** Numbers that are found of a feature: gain (float), bucket, 1 where missing values go right, sums on the left and in all (four floats). */
export const foundWords = 8;

/** Where a search keeps what it works on, in bytes. */
export interface ScratchLayout {
  /** Sums of all buckets up to each one, and gains of a split there with missing values on the left and on the right; float32. */
  readonly gradients: number;
  readonly hessians: number;
  readonly gainsLeft: number;
  readonly gainsRight: number;
  readonly end: number;
}

/** The layout after counts of nodes at address 0. */
function scratchLayout({ nodes, cells }: HistogramSizes): ScratchLayout {
  const gradients = Math.ceil(nodes / 4) * 16;
  const bytes = Math.ceil(cells / 4) * 16;
  return {
    gradients,
    hessians: gradients + bytes,
    gainsLeft: gradients + 2 * bytes,
    gainsRight: gradients + 3 * bytes,
    end: gradients + 4 * bytes,
  };
}

/** Where things lie for features of these sizes; undefined where their cells are too many. */
export function histogramLayout(sizes: HistogramSizes): HistogramLayout | undefined {
  const blocks = Math.ceil(sizes.features / mostUnrolled);
  const blockFeatures = Math.ceil(sizes.features / blocks);
  if (sizes.cells > 2 ** 16) return undefined;
  const cellBytes = sizes.cells > 2 ** 8 ? 2 : 1;
  const scratch = scratchLayout(sizes);
  const sums = scratch.end;
  const sumsBytes = blockFeatures * sizes.cells * 16;
  return {
    scratch,
    blockFeatures,
    blocks,
    cellBytes,
    rowBytes: blockFeatures * cellBytes,
    sums,
    sumsBytes,
    found: sums + sumsBytes,
    rows: sums + sumsBytes + blockFeatures * foundWords * 4,
  };
}

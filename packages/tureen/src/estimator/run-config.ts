/** How an Estimator runs (`tf.estimator.RunConfig`); defaults are TensorFlow's. */
export interface RunConfig {
  /** Where checkpoints and events go; undefined is a new temporary folder. */
  readonly modelDir: string | undefined;
  readonly tfRandomSeed: number | undefined;
  /** Steps between summaries; undefined writes none. */
  readonly saveSummarySteps: number | undefined;
  readonly saveCheckpointsSteps: number | undefined;
  readonly saveCheckpointsSecs: number | undefined;
  /** How many checkpoints stay; 0 or undefined keeps all. */
  readonly keepCheckpointMax: number | undefined;
  readonly keepCheckpointEveryNHours: number;
  /** Steps between log lines; undefined logs none. */
  readonly logStepCountSteps: number | undefined;
  readonly checkpointSaveGraphDef: boolean;
}

/**
 * What Kubernetes 1.33's `batch/v1` Job and Cloud Run's `run.googleapis.com/v1` Job have, as far as batch prediction's manifests use them: members
 * that are not here are misspelt. Derived from the published OpenAPI description of Kubernetes and from Cloud Run's YAML reference.
 */
const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0 } as const;
const strictly = (properties: Readonly<Record<string, object>>, required: readonly string[] = []): object => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const listOf = (items: object): object => ({ type: "array", items, minItems: 1 });
const textMap = { type: "object", additionalProperties: text };
const metadata = strictly({ name: text, labels: textMap });
const container = (required: readonly string[], resources: object): object =>
  strictly({ name: text, image: text, command: listOf(text), args: listOf(text), resources }, required);

/** A Kubernetes Job. */
export const kubernetesJobSchema: object = strictly(
  {
    apiVersion: { const: "batch/v1" },
    kind: { const: "Job" },
    metadata,
    spec: strictly(
      {
        completionMode: { enum: ["Indexed", "NonIndexed"] },
        completions: count,
        parallelism: count,
        // Both want an Indexed Job, and a template that does not restart.
        backoffLimitPerIndex: count,
        maxFailedIndexes: count,
        podFailurePolicy: strictly(
          {
            rules: listOf({
              oneOf: [
                strictly(
                  {
                    action: { enum: ["FailJob", "FailIndex", "Ignore", "Count"] },
                    onExitCodes: strictly(
                      {
                        containerName: text,
                        operator: { enum: ["In", "NotIn"] },
                        values: listOf({ type: "integer", minimum: 1, maximum: 255 }),
                      },
                      ["operator", "values"],
                    ),
                  },
                  ["action", "onExitCodes"],
                ),
                strictly(
                  {
                    action: { enum: ["FailJob", "FailIndex", "Ignore", "Count"] },
                    onPodConditions: listOf(
                      strictly({ type: text, status: { enum: ["True", "False", "Unknown"] } }, ["type"]),
                    ),
                  },
                  ["action", "onPodConditions"],
                ),
              ],
            }),
          },
          ["rules"],
        ),
        template: strictly(
          {
            metadata: strictly({ labels: textMap }),
            spec: strictly(
              {
                restartPolicy: { const: "Never" },
                containers: listOf(container(["name", "image"], strictly({ requests: textMap, limits: textMap }))),
              },
              ["containers", "restartPolicy"],
            ),
          },
          ["spec"],
        ),
      },
      ["template"],
    ),
  },
  ["apiVersion", "kind", "metadata", "spec"],
);

/** A Cloud Run job. */
export const cloudRunJobSchema: object = strictly(
  {
    apiVersion: { const: "run.googleapis.com/v1" },
    kind: { const: "Job" },
    metadata,
    spec: strictly(
      {
        template: strictly(
          {
            spec: strictly(
              {
                taskCount: { ...count, minimum: 1, maximum: 10_000 },
                parallelism: count,
                template: strictly(
                  {
                    spec: strictly(
                      {
                        maxRetries: { ...count, maximum: 10 },
                        timeoutSeconds: count,
                        containers: listOf(container(["image"], strictly({ limits: textMap }))),
                      },
                      ["containers"],
                    ),
                  },
                  ["spec"],
                ),
              },
              ["template"],
            ),
          },
          ["spec"],
        ),
      },
      ["template"],
    ),
  },
  ["apiVersion", "kind", "metadata", "spec"],
);

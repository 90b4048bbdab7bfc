/** A class of an API, as OpenAPI Generator wrote it for Python. */
export interface ModelClass {
  /** Types by the field's name in YAML. */
  readonly fields: ReadonlyMap<string, string>;
  readonly required: ReadonlySet<string>;
}

/** Reads the classes of a generated Python package: its dictionaries `openapi_types` and `attribute_map`, and the setters that refuse None. */
export function readModelClasses(sources: Iterable<string>): ReadonlyMap<string, ModelClass> {
  const classes = new Map<string, ModelClass>();
  for (const source of sources) {
    const name = /^class (\w+)\(object\):/m.exec(source)?.[1];
    const types = dictionary(source, "openapi_types");
    const names = dictionary(source, "attribute_map");
    if (name === undefined || types === undefined || names === undefined) continue;
    const required = new Set<string>();
    for (const [, setter, body] of source.matchAll(
      /@(\w+)\.setter\n([\s\S]*?)(?=\n {4}@|\n {4}def (?!\w+\(self, \1\)))/g,
    )) {
      if (body!.includes("must not be `None`")) required.add(names.get(setter!)!);
    }
    const fields = new Map([...types].map(([attribute, type]) => [names.get(attribute)!, type]));
    classes.set(name, { fields, required });
  }
  return classes;
}

function dictionary(source: string, name: string): ReadonlyMap<string, string> | undefined {
  const text = new RegExp(`^ {4}${name} = \\{\\n([\\s\\S]*?)\\n {4}\\}`, "m").exec(source)?.[1];
  return text === undefined
    ? undefined
    : new Map([...text.matchAll(/'([^']+)': '([^']+)'/g)].map(([, key, value]) => [key!, value!]));
}

/** What is wrong with a value of a class, one line a problem; unknown fields are. */
export function problemsOf(
  value: unknown,
  type: string,
  classes: ReadonlyMap<string, ModelClass>,
  path = "",
): readonly string[] {
  const item = /^list\[(.*)\]$/.exec(type)?.[1];
  if (item !== undefined) {
    if (!Array.isArray(value)) return [`${path} must be a list`];
    return value.flatMap((element, i) => problemsOf(element, item, classes, `${path}[${i}]`));
  }
  const member = /^dict\(str, (.*)\)$/.exec(type)?.[1];
  if (member !== undefined) {
    if (!isRecord(value)) return [`${path} must be a map`];
    return Object.entries(value).flatMap(([key, element]) => problemsOf(element, member, classes, `${path}.${key}`));
  }
  const scalar = scalars[type];
  if (scalar !== undefined) return scalar(value) ? [] : [`${path} must be of type ${type}`];
  const model = classes.get(type);
  if (model === undefined) return [`${path} is of the unknown class ${type}`];
  if (!isRecord(value)) return [`${path} must be an object`];
  const unknown = Object.keys(value).filter((key) => !model.fields.has(key));
  const missing = [...model.required].filter((key) => !(key in value));
  return [
    ...unknown.map((key) => `${path}.${key} is no field of ${type}`),
    ...missing.map((key) => `${path}.${key} is required`),
    ...Object.entries(value).flatMap(([key, element]) => {
      const fieldType = model.fields.get(key);
      return fieldType === undefined ? [] : problemsOf(element, fieldType, classes, `${path}.${key}`);
    }),
  ];
}

const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number";
const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  str: isText,
  int: Number.isInteger,
  float: isNumber,
  bool: (value) => typeof value === "boolean",
  object: (value) => value !== undefined,
  datetime: isText,
  IntOrString: (value) => isText(value) || Number.isInteger(value),
};

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

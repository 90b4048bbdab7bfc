/**
 * Writes docs/compatibility-serving.md: flags, RPCs, routes, JSON rules and error texts of the model server, each with its tests. With `--check` it fails
 * where the page differs, or where something has neither a test nor a reason in compatibility-serving.reasons.json.
 *
 * Nothing is written by hand: flags and RPCs come from the tables that the server runs by, error texts from the calls in its sources that
 * make them, tests from the test files that name the flag, the RPC or the text.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { ineffectiveFlags, modelServerFlags, ownFlags } from "../packages/tureen/src/cli/model-server-flags.ts";
import { byteServices } from "../packages/tureen/src/serving/grpc/byte-methods.ts";
import { silentLog } from "../packages/tureen/src/serving/log.ts";
import { servingMetrics } from "../packages/tureen/src/serving/monitoring/serving-metrics.ts";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs/compatibility-serving.md");
const source = join(root, "packages/tureen/src");
const reasons = JSON.parse(readFileSync(join(import.meta.dirname, "compatibility-serving.reasons.json"), "utf8"));

function files(folder, pattern) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "fixtures" || entry.name.startsWith(".") ? [] : files(path, pattern);
    return pattern.test(entry.name) ? [path] : [];
  });
}

/** Everything that proves something about the server. */
const tests = [
  ...files(join(source, "serving"), /\.test\.ts$/),
  ...files(join(source, "cli"), /^(flags|server-options|show-model|tensorflow_model_server.*)\.test\.ts$/),
  ...files(join(source, "serving/testing"), /^test-client\.ts$/),
  ...files(join(root, "interop/serving"), /^check.*\.py$/),
].map((path) => ({ name: relative(root, path), text: readFileSync(path, "utf8") }));

const escaped = (text) => text.replaceAll("|", "\\|").replaceAll("\n", "\\n");
const code = (text) => (text.includes("`") ? `\`\` ${escaped(text)} \`\`` : `\`${escaped(text)}\``);
const testNames = (found) =>
  found
    .map(({ name }) =>
      name
        .split("/")
        .at(-1)
        .replace(/\.test\.ts$/, ""),
    )
    .filter((name, i, all) => all.indexOf(name) === i);
const byText = (...needles) => tests.filter(({ text }) => needles.some((needle) => text.includes(needle)));
const open = [];

function testCell(subject, found) {
  const names = testNames(found);
  if (names.length > 0) return names.slice(0, 3).join(", ");
  if (reasons[subject] !== undefined) return `none: ${reasons[subject]}`;
  open.push(subject);
  return "**open**";
}

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** The server's options that are not spelled like their flags. */
const optionOf = {
  port: "grpcPort",
  rest_api_port: "restPort",
  ssl_config_file: "ssl",
  enable_batching: "batching:",
  batching_parameters_file: "batching_parameters_file",
  monitoring_config_file: "monitoring_config_file",
  model_name: "--model_name",
  model_base_path: "--model_base_path",
  enable_per_model_batching_parameters: "perModelBatching",
  drain_grace_seconds: "drainGraceMs",
  memory_limit_mb: "memoryLimitBytes",
  rest_api_ssl_config_file: "restSsl",
  rest_api_cors_origins: "corsOrigins",
  request_log_records_per_file: "requestLogRecordsPerFile",
  version: "--version",
};

function flagRows(flags, own) {
  return flags.map(({ name, type, default: value, usage }) => {
    const isNothing = ineffectiveFlags.has(name) || usage.startsWith("Accepted");
    // A default that counts processors is another on every machine.
    const shown =
      /threads$|^num_tflite_pools$/.test(name) && type === "int32" && value !== 0 ? "by processors" : String(value);
    const found = byText(`--${name}=`, `--${name}"`, `"${name}"`, optionOf[name] ?? camel(name));
    const cell =
      isNothing && found.length === 0
        ? testCell("flags without effect", byText("has no effect here"))
        : testCell(`--${name}`, found);
    return `| \`--${name}\` | ${type} | ${shown === "" ? '""' : shown} | ${own ? "" : isNothing ? escaped(usage) : `yes: ${escaped(usage)}`}${own ? escaped(usage) : ""} | ${cell} |`;
  });
}

function rpcRows() {
  const services = byteServices(
    { metrics: servingMetrics(), core: undefined, checkMethodName: false },
    false,
    silentLog,
  );
  const rows = [];
  for (const [service, methods] of services) {
    for (const method of Object.keys(methods)) {
      const found = byText(`${service}/${method}`, `rpc("${method}")`, `.${method}(`);
      rows.push(`| \`${service}/${method}\` | ${testCell(`${service}/${method}`, found)} |`);
    }
  }
  const others = [
    "grpc.health.v1.Health/Check",
    "grpc.health.v1.Health/Watch",
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
  ];
  for (const name of others)
    rows.push(
      `| \`${name}\` | ${testCell(name, byText(name, name.slice(name.indexOf("/") - 16).replace(/^.*(?=ServerReflection\/)/, "")))} |`,
    );
  return rows;
}

/** Routes of the REST ports; each is looked for in the tests by the part that tells it apart. */
const routes = [
  ["POST /v1/models/NAME:predict", ":predict"],
  ["POST /v1/models/NAME:classify", ":classify"],
  ["POST /v1/models/NAME:regress", ":regress"],
  ["POST /v1/models/NAME/versions/N:predict", "/versions/123:predict"],
  ["POST /v1/models/NAME/labels/LABEL:predict", "labels/stable"],
  ["GET /v1/models/NAME", '/v1/models/half_plus_two"'],
  ["GET /v1/models/NAME/metadata", "/metadata"],
  ["GET /monitoring/prometheus/metrics", "/monitoring/prometheus/metrics"],
  ["GET /metrics", '"/metrics"'],
  ["GET /healthz", "/healthz"],
  ["GET /readyz", "/readyz"],
  ["GET /v2", '"/v2"'],
  ["GET /v2/health/live", "/v2/health/live"],
  ["GET /v2/health/ready", "/v2/health/ready"],
  ["GET /v2/models/NAME[/versions/V]", "/v2/models/half_plus_two/versions/123"],
  ["GET /v2/models/NAME/ready", "/v2/models/half_plus_two/ready"],
  ["POST /v2/models/NAME[/versions/V]/infer", "/v2/models/half_plus_two/infer"],
  ["POST /v2/repository/index", "/v2/repository/index"],
  ["POST /v2/repository/models/NAME/load", "/v2/repository/models/half_plus_two/load"],
  ["POST /v2/repository/models/NAME/unload", "/v2/repository/models/half_plus_two/unload"],
  ["GET /manage/v1/models", '"/manage/v1/models"'],
  ["POST /manage/v1/models/NAME:load", "/manage/v1/models/other:load"],
  ["POST /manage/v1/models/NAME:unload", ":unload"],
  ["POST /manage/v1/models/NAME:reload", ":reload"],
  ["PUT /manage/v1/models/NAME/labels", "/manage/v1/models/other/labels"],
  ["GET /manage/v1/models/NAME/drift", "/manage/v1/models/half_plus_two/drift"],
];

/** Rules of TensorFlow Serving's JSON, with the tests (file, then titles) that prove each. */
const jsonRules = JSON.parse(readFileSync(join(import.meta.dirname, "compatibility-serving.rules.json"), "utf8"));

function jsonRuleRows() {
  return jsonRules.map(([rule, file, ...titles]) => {
    const test = tests.find(({ name }) => name.endsWith(`/rest/${file}.test.ts`));
    const isProven = titles.length > 0 && titles.every((title) => test?.text.includes(`("${title}"`));
    return `| ${escaped(rule)} | ${testCell(rule, isProven ? [test] : [])} |`;
  });
}

const builders = {
  invalidArgument: "INVALID_ARGUMENT",
  failedPrecondition: "FAILED_PRECONDITION",
  notFound: "NOT_FOUND",
  internal: "INTERNAL",
  unimplemented: "UNIMPLEMENTED",
  dataLoss: "DATA_LOSS",
};

/** The literal parts of an expression that makes a text; undefined for what is not in it. */
function textParts(node) {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.flatMap((span) => [undefined, span.literal.text])];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return [...textParts(node.left), ...textParts(node.right)];
  if (ts.isParenthesizedExpression(node)) return textParts(node.expression);
  return [undefined];
}

function errorTexts() {
  const found = new Map();
  const note = (status, argument) => {
    const parts = textParts(argument);
    const literal = parts.filter((part) => part !== undefined && part !== "");
    // What only passes another error's text on is no text of its own.
    if (literal.join("").trim().length < 4) return;
    const text = parts
      .map((part) => part ?? "…")
      .join("")
      .replace(/…+/g, "…");
    found.set(`${status} ${text}`, { status, text, fragments: literal });
  };
  const sources = [
    ...files(join(source, "serving"), /^(?!.*\.test\.).*\.ts$/),
    join(source, "cli/server-options.ts"),
  ].filter((path) => !path.includes("/testing/"));
  for (const path of sources) {
    const tree = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2023, true);
    const visit = (node) => {
      if (
        ts.isCallExpression(node) &&
        ts.isIdentifier(node.expression) &&
        builders[node.expression.text] !== undefined &&
        node.arguments[0] !== undefined
      ) {
        note(builders[node.expression.text], node.arguments[0]);
      }
      if (
        ts.isNewExpression(node) &&
        node.expression.getText() === "StatusError" &&
        node.arguments?.[1] !== undefined &&
        ts.isStringLiteral(node.arguments[0])
      ) {
        note(node.arguments[0].text, node.arguments[1]);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return [...found.values()].sort((a, b) => (`${a.status} ${a.text}` < `${b.status} ${b.text}` ? -1 : 1));
}

/** Tests spell a text with its own quotes and breaks escaped, and often only the part that matters. */
function testsOfText(fragments) {
  const longest = fragments.reduce((a, b) => (b.length > a.length ? b : a)).trim();
  const variants = [
    longest,
    longest.replaceAll('"', '\\"'),
    longest.replaceAll("\n", "\\n"),
    longest.replaceAll("'", "\\'"),
  ];
  const cut = longest.length > 24 ? [longest.slice(0, 24), longest.slice(-24)] : [];
  return byText(...variants, ...cut);
}

const texts = errorTexts();
const content = `# Compatibility: serving

Written by \`node scripts/compatibility-serving.mjs\` from the server's own tables and sources, and from the tests that name each entry; do not edit. Tests named
\`check_….py\` are TensorFlow Serving's or Triton's own client libraries against a running server (\`npm run interop\`).

## Flags of TensorFlow Serving

${modelServerFlags.length} flags, with TensorFlow Serving's defaults.

| flag | type | default | honoured | tests |
|---|---|---|---|---|
${flagRows(modelServerFlags, false).join("\n")}

## Flags beyond TensorFlow Serving

| flag | type | default | meaning | tests |
|---|---|---|---|---|
${flagRows(ownFlags, true).join("\n")}

## RPCs

| RPC | tests |
|---|---|
${rpcRows().join("\n")}

## Routes

| route | tests |
|---|---|
${routes.map(([route, needle]) => `| \`${route}\` | ${testCell(route, byText(needle))} |`).join("\n")}

## JSON rules

${jsonRules.length} rules of the REST API's documents.

| rule | tests |
|---|---|
${jsonRuleRows().join("\n")}

## Error texts

${texts.length} texts; … stands for what the request or the model fills in.

| status | text | tests |
|---|---|---|
${texts.map(({ status, text, fragments }) => `| ${status} | ${code(text)} | ${testCell(text, testsOfText(fragments))} |`).join("\n")}
`;

if (process.argv.includes("--check")) {
  const before = readFileSync(page, "utf8");
  if (before !== content) {
    console.error(
      "docs/compatibility-serving.md is not up to date: run node --conditions=@tureen/source --import tsx scripts/compatibility-serving.mjs",
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, content);
}
for (const subject of open) console.error(`neither test nor reason: ${subject}`);
if (open.length > 0) process.exitCode = 1;
console.log(`${modelServerFlags.length} flags, ${texts.length} error texts, ${open.length} open`);

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderReference } from "./reference.ts";

const docs = join(import.meta.dirname, "../docs");
mkdirSync(docs, { recursive: true });
writeFileSync(join(docs, "environments.md"), renderReference());

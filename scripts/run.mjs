// One entry for every task of the repository: `node scripts/run.mjs <task> [arguments]`.
// Plain JavaScript without dependencies, because it runs before anything is installed and on any Node >= 18.
import { exitWith } from "./setup/failure.mjs";
import { runTask } from "./tasks/run-task.mjs";

await exitWith(() => runTask(process.argv[2], process.argv.slice(3)));

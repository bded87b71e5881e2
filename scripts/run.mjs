// One entry for every task of the repository: `node scripts/run.mjs <task> [arguments]`.
// Plain JavaScript without dependencies, because it runs before anything is installed and on any Node >= 18.
import { runTask } from "./tasks/run-task.mjs";

process.exitCode = await runTask(process.argv[2], process.argv.slice(3));

/**
 * One step of a distributed render, in a process of its own as a worker of a cluster would run it:
 * `node [--import ...] distributed-step.ts '<step>'`.
 */
import type * as Distributed from "@hyperframes/producer/distributed";

/** Plan 1 is one folder that every worker gets whole, plan 2 a manifest with files of which a worker gets its own. */
export type Protocol = 1 | 2;

export type Step = {
  /** URL of the module with the distributed engine. */
  readonly engine: string;
  readonly protocol: Protocol;
  readonly planDir: string;
} & (
  | {
      readonly does: "plan";
      readonly projectDir: string;
      readonly config: Distributed.DistributedRenderConfig;
    }
  | { readonly does: "chunk"; readonly index: number; readonly outputPath: string }
  | { readonly does: "assemble"; readonly chunks: readonly string[]; readonly outputPath: string }
);

/** Sent back when the step is done: of what upstream's function resolved with, the part that is looked at. */
export type StepResult = Partial<
  Pick<Distributed.PlanResult, "chunkCount" | "totalFrames"> & Pick<Distributed.ChunkResult, "framesEncoded">
>;

async function run(step: Step): Promise<unknown> {
  const engine: typeof Distributed = await import(step.engine);
  const { planDir } = step;
  switch (step.does) {
    case "plan":
      return step.protocol === 1
        ? engine.plan(step.projectDir, step.config, planDir)
        : engine.planV2(step.projectDir, step.config, planDir);
    case "chunk":
      return step.protocol === 1
        ? engine.renderChunk(planDir, step.index, step.outputPath)
        : engine.renderChunkV2(planDir, step.index, step.outputPath);
    case "assemble":
      return step.protocol === 1
        ? engine.assemble(planDir, step.chunks, null, step.outputPath)
        : engine.assembleV2(planDir, step.chunks, step.outputPath);
  }
}

if (process.argv[2] !== undefined && process.send !== undefined) {
  process.channel?.unref();
  process.send(await run(JSON.parse(process.argv[2]) as Step));
}

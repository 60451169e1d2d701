// Draws faces away from the page, so that a slider moves on while a picture is made.
//
// It gets {open: settings} once and {draw: face} after that, and answers with {loaded}, {ready}, {picture} or {problem}.

import { latent } from "./seeds.js";

const MOST_THREADS = 4; // pictures of this size are not drawn faster by more
const TOLERANCE = 2; // of 255

let ort, session, settings;

/** The bytes of a file of this site, unpacked unless the server did that. */
async function load(name) {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok) throw new Error(`${name} cannot be had (${response.status})`);
  const chunks = [], reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    postMessage({ loaded: part.value.length });
  }
  const packed = new Blob(chunks), start = new Uint8Array(await packed.slice(0, 2).arrayBuffer());
  if (start[0] !== 0x1f || start[1] !== 0x8b) return new Uint8Array(await packed.arrayBuffer());
  return new Uint8Array(await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

/** Whether there is WebGPU, in a browser whose programs can wait for its answers. */
async function hasGraphics() {
  if (!settings.graphics || !navigator.gpu || !WebAssembly.Suspending) return false;
  return Boolean(await navigator.gpu.requestAdapter().catch(() => null));
}

async function start(way, model) {
  const [library, loader, program] = settings.runtime[way];
  const [module, binary] = await Promise.all([import(new URL(library, import.meta.url)), load(program)]);
  ort = module;
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = settings.threads;
  ort.env.wasm.wasmPaths = { mjs: String(new URL(loader, import.meta.url)) };
  ort.env.wasm.wasmBinary = binary;
  session = await ort.InferenceSession.create(await model, {
    executionProviders: way === "graphics" ? ["webgpu", "wasm"] : ["wasm"],
    graphOptimizationLevel: "all",
  });
}

async function run({ seed, values, truncation }) {
  const sliders = Float32Array.from(values, (value) => value ?? NaN);
  const answer = await session.run({
    z: new ort.Tensor("float32", latent(seed, settings.z_dim), [1, settings.z_dim]),
    sliders: new ort.Tensor("float32", sliders, [1, sliders.length]),
    truncation: new ort.Tensor("float32", Float32Array.of(truncation), [1, 1]),
  });
  return { pixels: answer.picture.data, own: Array.from(answer.own.data) };
}

/** Whether a graphics card draws what Python drew: the mean colours of a picture's tiles are known. */
async function drawsTheReference() {
  const { face, tiles, across } = settings.reference, { pixels } = await run(face);
  const side = settings.resolution, size = side / across, sums = new Float64Array(tiles.length);
  for (let index = 0; index < pixels.length; index++) {
    const column = Math.floor((index / 3) % side), row = Math.floor(index / 3 / side);
    sums[(Math.floor(row / size) * across + Math.floor(column / size)) * 3 + (index % 3)] += pixels[index];
  }
  return tiles.every((tile, index) => Math.abs(sums[index] / size / size - tile) <= TOLERANCE);
}

async function open() {
  settings.threads ||= self.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1;
  const model = load(settings.model);
  if (await hasGraphics()) {
    try {
      await start("graphics", model);
      if (await drawsTheReference()) return "WebGPU";
    } catch (error) {
      console.info(`WebGPU is left alone: ${error}`);
    }
  }
  await start("processor", model);
  return settings.threads > 1 ? `WebAssembly, ${settings.threads} threads` : "WebAssembly, one thread";
}

function withOpacity(pixels) {
  const filled = new Uint8ClampedArray((pixels.length / 3) * 4);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    filled[to] = pixels[from];
    filled[to + 1] = pixels[from + 1];
    filled[to + 2] = pixels[from + 2];
    filled[to + 3] = 255;
  }
  return filled;
}

self.onmessage = async ({ data }) => {
  try {
    if (data.open) {
      settings = data.open;
      postMessage({ ready: await open() });
    } else {
      const { pixels, own } = await run(data.draw), picture = withOpacity(pixels);
      postMessage({ picture, own, face: data.draw }, [picture.buffer]);
    }
  } catch (error) {
    postMessage({ problem: String(error.message ?? error) });
  }
};

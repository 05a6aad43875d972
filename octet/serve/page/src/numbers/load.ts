// How often each expert fired, and how evenly: counts by MoE layer and expert.
import type {Trace} from '../store/trace';

export class Load {
  readonly counts: Float64Array; // layer after layer

  constructor(
    readonly layers: number,
    readonly experts: number,
  ) {
    this.counts = new Float64Array(layers * experts);
  }

  static of(lists: number[][]): Load {
    const load = new Load(lists.length, Math.max(0, ...lists.map((list) => list.length)));
    lists.forEach((list, layer) =>
      list.forEach((count, expert) => (load.counts[layer * load.experts + expert] = count)),
    );
    return load;
  }

  // Tokens from `from` on.
  add(trace: Trace, from = 0): void {
    for (let token = from; token < trace.tokens.length; token++) {
      for (let layer = 0; layer < Math.min(this.layers, trace.layers); layer++) {
        for (const expert of trace.expertsOf(token, layer)) {
          if (expert < this.experts) this.counts[layer * this.experts + expert]++;
        }
      }
    }
  }

  layer(index: number): Float64Array {
    return this.counts.subarray(index * this.experts, (index + 1) * this.experts);
  }
}

export interface Balance {
  total: number; // times that experts fired
  maxOverMean: number; // 1: even; the busiest expert's load in units of the mean
  effective: number; // experts that an even load with the same entropy would have: exp(-Σ p ln p)
  unused: number;
  busiest: number;
}

export function balance(counts: Float64Array): Balance {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const entropy = counts.reduce((sum, count) => (count > 0 ? sum - (count / total) * Math.log(count / total) : sum), 0);
  const busiest = counts.reduce((best, count, expert) => (count > counts[best] ? expert : best), 0);
  return {
    total,
    maxOverMean: total > 0 ? (counts[busiest] * counts.length) / total : 0,
    effective: total > 0 ? Math.exp(entropy) : 0,
    unused: counts.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0),
    busiest,
  };
}

// The mean over the layers; busiest is of the layer that is worst.
export function overall(load: Load): Balance & {worstLayer: number} {
  const layers = Array.from({length: load.layers}, (_, index) => balance(load.layer(index)));
  const mean = (pick: (one: Balance) => number) =>
    layers.reduce((sum, one) => sum + pick(one), 0) / Math.max(1, layers.length);
  const worstLayer = layers.reduce(
    (worst, one, index) => (one.maxOverMean > layers[worst].maxOverMean ? index : worst),
    0,
  );
  return {
    total: layers.reduce((sum, one) => sum + one.total, 0),
    maxOverMean: mean((one) => one.maxOverMean),
    effective: mean((one) => one.effective),
    unused: layers.reduce((sum, one) => sum + one.unused, 0),
    busiest: layers[worstLayer]?.busiest ?? 0,
    worstLayer,
  };
}

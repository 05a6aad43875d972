// What was recorded of an answer, token by token. Experts and weights lie packed, layer after layer, since a large model
// fires hundreds a token.
import type {Alternative, TraceToken} from '../wire';

export interface TokenRecord {
  id: number;
  text: string;
  logprob: number;
  drafted: boolean;
  thinking: boolean; // part of the reasoning
  seconds: number; // since the request was sent
  alternatives: Alternative[];
}

// As it is kept in the browser's database.
export interface PackedTrace {
  tokens: TokenRecord[];
  layers: number;
  chosen: number;
  experts: Uint16Array;
  weights: Float32Array;
}

export interface TraceJson {
  tokens: (TokenRecord & {experts: number[][]; weights: number[][]})[];
}

const NONE = 65535; // in place of an expert, where a token was recorded without

export class Trace {
  tokens: TokenRecord[] = [];
  layers = 0; // 0: experts were not asked for
  chosen = 0;
  private experts = new Uint16Array(0);
  private weights = new Float32Array(0);

  append(token: TraceToken, seconds: number, thinking: boolean): void {
    const {id, text, logprob, drafted} = token;
    this.tokens.push({
      id,
      text,
      logprob,
      drafted: Boolean(drafted),
      thinking,
      seconds,
      alternatives: token.alternatives ?? [],
    });
    if (this.layers === 0 && token.experts?.length) {
      this.layers = token.experts.length;
      this.chosen = token.experts[0].length;
    }
    if (this.layers) this.store(token.experts ?? [], token.weights ?? []);
  }

  private store(experts: number[][], weights: number[][]): void {
    const width = this.layers * this.chosen;
    const at = (this.tokens.length - 1) * width;
    if (this.experts.length < at + width) this.grow(Math.max(2 * this.experts.length, at + width, 64 * width));
    for (let layer = 0; layer < this.layers; layer++) {
      for (let k = 0; k < this.chosen; k++) {
        this.experts[at + layer * this.chosen + k] = experts[layer]?.[k] ?? NONE;
        this.weights[at + layer * this.chosen + k] = weights[layer]?.[k] ?? 0;
      }
    }
  }

  private grow(size: number): void {
    const experts = new Uint16Array(size).fill(NONE);
    const weights = new Float32Array(size);
    experts.set(this.experts);
    weights.set(this.weights);
    this.experts = experts;
    this.weights = weights;
  }

  // The experts of a token in the index-th MoE layer, and their weights. A number beyond the model's experts is none.
  expertsOf(token: number, layer: number): Uint16Array {
    const at = (token * this.layers + layer) * this.chosen;
    return this.experts.subarray(at, at + this.chosen);
  }

  weightsOf(token: number, layer: number): Float32Array {
    const at = (token * this.layers + layer) * this.chosen;
    return this.weights.subarray(at, at + this.chosen);
  }

  pack(): PackedTrace {
    const used = this.tokens.length * this.layers * this.chosen;
    const {tokens, layers, chosen} = this;
    return {tokens, layers, chosen, experts: this.experts.slice(0, used), weights: this.weights.slice(0, used)};
  }

  static unpack(packed: PackedTrace): Trace {
    return Object.assign(new Trace(), packed);
  }

  toJson(): TraceJson {
    const rounded = (weights: Float32Array) => Array.from(weights, (weight) => Math.round(weight * 1e4) / 1e4);
    const layers = Array.from({length: this.layers}, (_, layer) => layer);
    return {
      tokens: this.tokens.map((token, index) => ({
        ...token,
        experts: layers.map((layer) => Array.from(this.expertsOf(index, layer))),
        weights: layers.map((layer) => rounded(this.weightsOf(index, layer))),
      })),
    };
  }

  static fromJson(json: TraceJson): Trace {
    const trace = new Trace();
    for (const token of json.tokens) trace.append(token, token.seconds, token.thinking);
    return trace;
  }
}

// Which experts prefer which kind of token.
//
// lift = P(expert fires | kind) / P(expert fires). With few tokens the ratio is noise, so PRIOR tokens that behave like
// the average are added to each kind: an expert seen once is pulled towards 1.
import type {Trace} from '../store/trace';
import {type Kind, KINDS, kindsOf} from './kinds';

const PRIOR = 5;

export interface Preference {
  layer: number; // index among the MoE layers
  expert: number;
  lift: number;
  fired: number; // tokens of the kind on which it fired
}

export interface KindRow {
  kind: Kind;
  tokens: number;
  best: Preference[];
}

export function preferences(traces: Trace[], experts: number, most: number): KindRow[] {
  const layers = Math.max(0, ...traces.map((trace) => trace.layers));
  const size = layers * experts;
  const counts = KINDS.map(() => new Float64Array(size));
  const all = new Float64Array(size);
  const tokens = KINDS.map(() => 0);
  let total = 0;
  for (const trace of traces) {
    if (!trace.layers) continue;
    kindsOf(trace.tokens.map((token) => token.text)).forEach((kind, token) => {
      const row = KINDS.indexOf(kind);
      tokens[row]++;
      total++;
      for (let layer = 0; layer < trace.layers; layer++) {
        for (const expert of trace.expertsOf(token, layer)) {
          if (expert >= experts) continue;
          counts[row][layer * experts + expert]++;
          all[layer * experts + expert]++;
        }
      }
    });
  }
  return KINDS.map((kind, row) => ({
    kind,
    tokens: tokens[row],
    best: best(counts[row], tokens[row], all, total, experts, most),
  }));
}

function best(
  fired: Float64Array,
  tokens: number,
  all: Float64Array,
  total: number,
  experts: number,
  most: number,
): Preference[] {
  const found: Preference[] = [];
  for (let at = 0; at < fired.length; at++) {
    if (!fired[at]) continue;
    const usual = all[at] / total;
    const lift = (fired[at] + PRIOR * usual) / (tokens + PRIOR) / usual;
    if (lift > 1) found.push({layer: Math.floor(at / experts), expert: at % experts, lift, fired: fired[at]});
  }
  return found.sort((a, b) => b.lift - a.lift || b.fired - a.fired).slice(0, most);
}

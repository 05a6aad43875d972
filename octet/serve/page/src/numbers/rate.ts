// Tokens a second: of an answer as the server measured it, and over the answer, from the times at which its tokens arrived.
import type {Cost} from '../wire';

// The first token comes out of the prompt, so what follows it is divided by the time that followed it. Null: not known.
export function rateOf({answer_tokens, seconds_decode, tokens_per_second}: Cost): number | null {
  if (tokens_per_second === null || answer_tokens < 2 || !(seconds_decode > 0)) return null;
  return (answer_tokens - 1) / seconds_decode;
}

// Seconds after the first token from which on a curve says something: in less, it shows how packets happened to arrive.
const CURVE_FROM = 1;
export const FEWEST = 3; // tokens of a curve
const LONGEST = 2; // seconds of the window in which tokens are counted

// [seconds, tokens a second] at `points` instants. Tokens that come together (an accepted draft, a network's packet) share
// an instant, so they are counted in a window of time: a sixth of the answer.
export function rates(arrivals: number[], points: number): [number[], number[]] {
  const times: number[] = [];
  const values: number[] = [];
  if (arrivals.length < FEWEST) return [times, values];
  const first = arrivals[0];
  const last = arrivals[arrivals.length - 1];
  if (last - first < CURVE_FROM) return [times, values];
  const window = Math.min(LONGEST, (last - first) / 6);
  const begin = first + window / 2;
  let low = 1; // the first token begins the time and is not counted
  let high = 1;
  for (let point = 0; point < points; point++) {
    const time = begin + ((last - begin) * point) / (points - 1);
    const from = Math.max(first, time - window);
    while (high < arrivals.length && arrivals[high] <= time) high++;
    while (low < high && arrivals[low] <= from && from > first) low++;
    times.push(time);
    values.push((high - low) / (time - from));
  }
  return [times, values];
}

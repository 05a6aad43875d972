// Tokens a second over an answer, from the times at which its tokens arrived.

const LONGEST = 2; // seconds of the window in which tokens are counted
const SHORTEST = 0.02;

// [seconds, tokens a second] at `points` instants. Tokens that come together (an accepted draft, a network's packet) share
// an instant, so they are counted in a window of time: a sixth of the answer.
export function rates(arrivals: number[], points: number): [number[], number[]] {
  const times: number[] = [];
  const values: number[] = [];
  if (arrivals.length < 3) return [times, values];
  const first = arrivals[0];
  const last = arrivals[arrivals.length - 1];
  const window = Math.min(LONGEST, Math.max(SHORTEST, (last - first) / 6));
  const begin = first + window / 2;
  let low = 1; // the first token begins the time and is not counted
  let high = 1;
  for (let point = 0; point < points && begin < last; point++) {
    const time = begin + ((last - begin) * point) / (points - 1);
    const from = Math.max(first, time - window);
    while (high < arrivals.length && arrivals[high] <= time) high++;
    while (low < high && arrivals[low] <= from && from > first) low++;
    times.push(time);
    values.push((high - low) / (time - from));
  }
  return [times, values];
}

// The cost of answers at a price that the reader may change: the server states joules at its own assumed watts.
import type {Cost, Price} from '../wire';

export interface Bill {
  answers: number;
  tokens: number; // of the answers
  flops: number;
  joules: number;
  dollars: number;
}

const JOULES_PER_KWH = 3.6e6;

export function bill(cost: Cost, price: Price | null): Bill {
  const {watts, dollars_per_kwh} = price ?? cost.price;
  const joules = price && cost.price.watts > 0 ? (cost.joules * watts) / cost.price.watts : cost.joules;
  const dollars = price ? (joules / JOULES_PER_KWH) * dollars_per_kwh : cost.dollars;
  return {answers: 1, tokens: cost.answer_tokens, flops: cost.flops, joules, dollars};
}

export function sum(bills: Bill[]): Bill {
  const total: Bill = {answers: 0, tokens: 0, flops: 0, joules: 0, dollars: 0};
  for (const one of bills) {
    for (const key of Object.keys(total) as (keyof Bill)[]) total[key] += one[key];
  }
  return total;
}

// Conversations as a JSON file, and back. What comes in is checked field by field: a file may be anything.
import type {Cost} from '../wire';
import {Trace, type TraceJson} from './trace';
import {type Conversation, type Finish, type Message, newId, titleOf} from './tree';

export interface Carried {
  conversation: Conversation;
  traces: Map<string, Trace>;
}

const FORMAT = 'octet-conversations';
const FINISHES: readonly string[] = ['stop', 'length', 'stopped', 'failed'];

export function exportJson(all: Carried[]): string {
  const conversations = all.map(({conversation, traces}) => ({
    ...conversation,
    changed: undefined, // of use among tabs only
    traces: Object.fromEntries([...traces].map(([id, trace]) => [id, trace.toJson()])),
  }));
  return JSON.stringify({format: FORMAT, version: 1, exported: new Date().toISOString(), conversations});
}

class Wrong extends Error {}

function need(holds: boolean, where: string, expected: string): asserts holds {
  if (!holds) throw new Wrong(`${where} should be ${expected}.`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const numberOr = (value: unknown, other: number) => (isNumber(value) ? value : other);

const COST_NUMBERS = [
  'prompt_tokens',
  'cached_tokens',
  'answer_tokens',
  'drafted_tokens',
  'accepted_tokens',
  'seconds_queued',
  'seconds_prefill',
  'seconds_decode',
  'cache_bytes',
  'flops',
  'joules',
  'dollars',
] as const;

function readCost(value: unknown): Cost | undefined {
  if (!isObject(value)) return undefined;
  const price = isObject(value.price) ? value.price : {};
  const numbers = Object.fromEntries(COST_NUMBERS.map((name) => [name, numberOr(value[name], 0)]));
  return {
    ...numbers,
    tokens_per_second: isNumber(value.tokens_per_second) ? value.tokens_per_second : null,
    price: {watts: numberOr(price.watts, 0), dollars_per_kwh: numberOr(price.dollars_per_kwh, 0)},
  } as Cost;
}

function readMessage(value: unknown, where: string, ids: Map<string, string>): Message {
  need(isObject(value), where, 'an object');
  need(isText(value.id) && !ids.has(value.id), `${where}.id`, 'a text of its own');
  need(value.role === 'user' || value.role === 'assistant', `${where}.role`, '"user" or "assistant"');
  need(isText(value.content), `${where}.content`, 'a text');
  const parent = value.parent ?? null;
  need(
    parent === null || (isText(parent) && ids.has(parent)),
    `${where}.parent`,
    'null or the id of an earlier message',
  );
  const id = newId();
  ids.set(value.id, id);
  return {
    id,
    parent: parent === null ? null : ids.get(parent as string)!,
    role: value.role,
    content: value.content,
    reasoning: isText(value.reasoning) ? value.reasoning : '',
    created: numberOr(value.created, Date.now()),
    model: isText(value.model) ? value.model : undefined,
    finish: FINISHES.includes(value.finish as string) ? (value.finish as Finish) : 'stop',
    error: isText(value.error) ? value.error : undefined,
    cost: readCost(value.cost),
    firstToken: isNumber(value.firstToken) ? value.firstToken : undefined,
    thought: isNumber(value.thought) ? value.thought : undefined,
  };
}

function numberLists(value: unknown, where: string): number[][] {
  need(Array.isArray(value) && value.length <= 1024, where, 'a list of lists');
  const width = Array.isArray(value[0]) ? value[0].length : 0;
  const fits = value.every(
    (list) => Array.isArray(list) && list.length === width && width <= 1024 && list.every(isNumber),
  );
  need(fits, where, 'lists of numbers, equally long');
  return value;
}

function readTrace(value: unknown, where: string): Trace {
  need(isObject(value) && Array.isArray(value.tokens), where, 'an object with a list "tokens"');
  const shape = (lists: number[][]) => `${lists.length}x${lists[0]?.length ?? 0}`;
  let first = '';
  const tokens = value.tokens.map((token, index) => {
    const place = `${where}.tokens[${index}]`;
    need(isObject(token) && isText(token.text), `${place}.text`, 'a text');
    const experts = numberLists(token.experts ?? [], `${place}.experts`);
    const weights = numberLists(token.weights ?? [], `${place}.weights`);
    if (index === 0) first = shape(experts);
    need(shape(experts) === first && shape(weights) === first, place, `as wide as the first token (${first})`);
    need(
      experts.flat().every((expert) => Number.isInteger(expert) && expert >= 0 && expert < 65536),
      `${place}.experts`,
      'expert numbers',
    );
    const alternatives = (Array.isArray(token.alternatives) ? token.alternatives : []).filter(
      (other) => isObject(other) && isText(other.text) && isNumber(other.probability) && isNumber(other.id),
    );
    return {
      id: numberOr(token.id, -1),
      text: token.text,
      logprob: numberOr(token.logprob, 0),
      drafted: token.drafted === true,
      thinking: token.thinking === true,
      seconds: numberOr(token.seconds, 0),
      alternatives,
      experts,
      weights,
    };
  });
  return Trace.fromJson({tokens} as TraceJson);
}

function readConversation(value: unknown, where: string): Carried {
  need(isObject(value), where, 'an object');
  need(Array.isArray(value.messages), `${where}.messages`, 'a list');
  const ids = new Map<string, string>();
  const messages = value.messages.map((message, index) => readMessage(message, `${where}.messages[${index}]`, ids));
  const chosen: Record<string, string> = {};
  for (const [parent, child] of Object.entries(isObject(value.chosen) ? value.chosen : {})) {
    const key = parent === '' ? '' : ids.get(parent);
    const id = isText(child) ? ids.get(child) : undefined;
    if (key !== undefined && id) chosen[key] = id;
  }
  const traces = new Map<string, Trace>();
  for (const [id, trace] of Object.entries(isObject(value.traces) ? value.traces : {})) {
    const message = ids.get(id);
    if (message) traces.set(message, readTrace(trace, `${where}.traces.${id}`));
  }
  const now = Date.now();
  const title = isText(value.title) ? titleOf(value.title) : '';
  return {
    conversation: {
      id: newId(),
      title,
      named: value.named === true,
      created: numberOr(value.created, now),
      updated: numberOr(value.updated, now),
      system: isText(value.system) ? value.system : '',
      messages,
      chosen,
    },
    traces,
  };
}

// Throws an Error with one sentence that says what is wrong with the file.
export function importJson(text: string): Carried[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Wrong('The file is not JSON.');
  }
  need(isObject(value) && value.format === FORMAT, 'The file', `an export of this page ("format": "${FORMAT}")`);
  need(value.version === 1, 'version', '1, the only one there is so far');
  need(Array.isArray(value.conversations), 'conversations', 'a list');
  return value.conversations.map((conversation, index) => readConversation(conversation, `conversations[${index}]`));
}

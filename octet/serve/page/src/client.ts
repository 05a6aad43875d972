// Talks to the server that the page came from, and to no other.
import {EventReader} from './sse';
import type {ChatMessage, Chunk, ExpertLoad, Model} from './wire';

export type FailureKind = 'key' | 'unreachable' | 'refused';

// What went wrong, in a sentence for the reader.
export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
  ) {
    super(message);
  }
}

export interface ChatRequest {
  model?: string;
  messages: ChatMessage[];
  [field: string]: unknown;
}

function headers(key: string): Record<string, string> {
  return key ? {Authorization: `Bearer ${key}`} : {};
}

// Said to a person at a browser, who sends no headers.
const KEY_WANTED = 'This server wants an API key: enter the one you were given.';
const KEY_UNKNOWN = 'The server does not know this API key. Is it written as you were given it?';

async function refusal(response: Response, init: RequestInit): Promise<Failure> {
  if (response.status === 401) {
    const sent = new Headers(init.headers).has('Authorization');
    return new Failure('key', sent ? KEY_UNKNOWN : KEY_WANTED);
  }
  let message = `The server answered ${response.status}.`;
  try {
    const body = await response.json();
    if (typeof body?.error?.message === 'string') message = body.error.message;
  } catch {
    // No JSON: the status says it.
  }
  const after = response.headers.get('Retry-After');
  if (response.status === 429 && after) message += ` Try again in ${after} s.`;
  return new Failure('refused', message);
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {...init, credentials: 'omit'});
  } catch (failure) {
    if (init.signal?.aborted) throw failure;
    throw new Failure('unreachable', 'The server cannot be reached. Is it still running?');
  }
  if (!response.ok) throw await refusal(response, init);
  return response;
}

async function getJson<T>(path: string, key: string): Promise<T> {
  return (await ask(path, {headers: headers(key)})).json();
}

export const getModel = (key: string) => getJson<Model>('/octet/model', key);
export const getExpertLoad = (key: string) => getJson<ExpertLoad>('/octet/experts', key);

function parse(data: string): Chunk {
  let chunk: Chunk;
  try {
    chunk = JSON.parse(data);
  } catch {
    throw new Failure('refused', 'The server sent a chunk that is not JSON.');
  }
  if (chunk.error) throw new Failure('refused', chunk.error.message);
  return chunk;
}

// Streams one answer, chunk by chunk. Aborting the signal ends it with an AbortError.
export async function streamChat(
  request: ChatRequest,
  key: string,
  signal: AbortSignal,
  take: (chunk: Chunk) => void,
): Promise<void> {
  const response = await ask('/v1/chat/completions', {
    method: 'POST',
    headers: {'Content-Type': 'application/json', ...headers(key)},
    body: JSON.stringify({...request, stream: true, stream_options: {include_usage: true}}),
    signal,
  });
  const reader = response.body!.getReader();
  const events = new EventReader();
  let done = false;
  const handle = (all: string[]) => {
    for (const data of all) {
      if (data === '[DONE]') done = true;
      else take(parse(data));
    }
  };
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) handle(events.push(part.value));
    handle(events.end());
  } catch (failure) {
    if (signal.aborted || failure instanceof Failure) throw failure;
    throw new Failure('unreachable', 'The connection broke before the answer ended.');
  } finally {
    reader.cancel().catch(() => undefined);
  }
  if (!done) throw new Failure('unreachable', 'The stream ended before the answer did.');
}

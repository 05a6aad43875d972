// What the server and the page agree on beside OpenAI's API (docs/server.md): keys are the server's.

export interface Alternative {
  id: number;
  text: string;
  probability: number;
}

export interface TraceToken {
  id: number;
  text: string;
  logprob: number;
  drafted: boolean;
  experts?: number[][]; // one list a MoE layer
  weights?: number[][];
  alternatives?: Alternative[];
}

export interface Price {
  watts: number;
  dollars_per_kwh: number;
}

export interface Cost {
  prompt_tokens: number;
  cached_tokens: number;
  answer_tokens: number;
  drafted_tokens: number;
  accepted_tokens: number;
  seconds_queued: number;
  seconds_prefill: number;
  seconds_decode: number;
  tokens_per_second: number | null; // after the first token; null: not known
  cache_bytes: number;
  flops: number;
  joules: number;
  dollars: number;
  price: Price;
}

export interface Model {
  name: string;
  context: number;
  vocab: number;
  layers: number;
  experts: {layers: number[]; routed: number; chosen: number; shared: number};
  mtp: boolean;
  thinking: boolean;
  parameters: number;
  active_parameters: number;
  cache_bytes_per_token: number;
  sampling: {temperature?: number; top_p?: number};
}

export interface ExpertLoad {
  layers: number[];
  load: number[][];
}

export interface Delta {
  role?: string;
  content?: string | null;
  reasoning_content?: string | null;
}

export interface Chunk {
  choices?: {index: number; delta?: Delta; finish_reason?: string | null; octet_trace?: TraceToken[]}[];
  usage?: {prompt_tokens: number; completion_tokens: number} | null;
  octet_cost?: Cost;
  error?: {message: string; type?: string; param?: string | null; code?: string | null};
}

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

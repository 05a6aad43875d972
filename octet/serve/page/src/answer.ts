// One answer being made: what is asked for, and how a chunk changes the message and its trace.
import {type ChatRequest, Failure, streamChat} from './client';
import type {Settings} from './store/settings';
import type {Trace} from './store/trace';
import {type Conversation, type Message, pathOf} from './store/tree';
import type {ChatMessage, Chunk, Model} from './wire';

export function requestFor(
  conversation: Conversation,
  answer: Message,
  model: Model | null,
  settings: Settings,
): ChatRequest {
  const path = pathOf(conversation);
  // A question that got no answer is not asked again: templates want question and answer in turn.
  const before = path.slice(0, path.indexOf(answer));
  const said = before.filter((message, at) => message.content !== '' && before[at + 1]?.content !== '');
  const messages: ChatMessage[] = said.map(({role, content}) => ({role, content}));
  if (conversation.system.trim()) messages.unshift({role: 'system', content: conversation.system});
  return {
    ...(model ? {model: model.name} : {}),
    messages,
    ...settings.sampling,
    ...(settings.stop.length ? {stop: settings.stop} : {}),
    ...(model?.thinking ? {chat_template_kwargs: {thinking: settings.thinking}} : {}),
    ...(settings.record ? {octet_trace: {experts: true, alternatives: settings.alternatives}} : {}),
  };
}

export function apply(chunk: Chunk, message: Message, trace: Trace, seconds: number): void {
  if (chunk.octet_cost) message.cost = chunk.octet_cost;
  const choice = chunk.choices?.[0];
  if (!choice) return;
  const {content, reasoning_content: reasoning} = choice.delta ?? {};
  const tokens = choice.octet_trace ?? [];
  if ((content || reasoning || tokens.length) && message.firstToken === undefined) message.firstToken = seconds;
  if (reasoning) message.reasoning += reasoning;
  if (content) {
    if (message.content === '' && message.reasoning !== '') message.thought = seconds - (message.firstToken ?? 0);
    message.content += content;
  }
  const thinking = message.content === '' && message.reasoning !== '';
  for (const token of tokens) trace.append(token, seconds, thinking);
  if (choice.finish_reason) message.finish = choice.finish_reason === 'length' ? 'length' : 'stop';
}

// Streams the answer into the message. Ends with the message's `finish` set; what failed is a sentence in `error`.
export async function run(
  request: ChatRequest,
  key: string,
  signal: AbortSignal,
  message: Message,
  trace: Trace,
  progress: () => void,
): Promise<Failure | null> {
  const start = performance.now();
  try {
    await streamChat(request, key, signal, (chunk) => {
      apply(chunk, message, trace, (performance.now() - start) / 1000);
      progress();
    });
    if (message.finish === 'running') message.finish = 'stop';
    return null;
  } catch (failure) {
    if (signal.aborted) {
      message.finish = 'stopped';
      return null;
    }
    if (!(failure instanceof Failure)) throw failure;
    message.finish = 'failed';
    message.error = failure.message;
    return failure;
  }
}

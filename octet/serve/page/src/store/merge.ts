// Tabs of one browser change the same conversation without asking each other: two versions of it become one, and neither
// loses anything.
import {type Conversation, type Message, pathOf} from './tree';

function rank({finish}: Message): number {
  return finish === 'running' ? 0 : finish === 'stopped' ? 1 : 2;
}

// The version that knows more of the message. Only one tab writes an answer; the others hold what they heard of it, or
// take it for stopped.
function further(theirs: Message, mine: Message): Message {
  const length = ({reasoning, content}: Message) => reasoning.length + content.length;
  const more = length(theirs) - length(mine) || rank(theirs) - rank(mine);
  return more > 0 ? theirs : mine;
}

// All messages of both, theirs first, so that parents stay before their children; of title, system prompt and each choice
// what was said last.
export function merge(theirs: Conversation, mine: Conversation): Conversation {
  const messages = new Map(theirs.messages.map((message) => [message.id, message]));
  for (const message of mine.messages) {
    const known = messages.get(message.id);
    messages.set(message.id, known ? further(known, message) : message);
  }
  const merged: Conversation = {
    ...theirs,
    updated: Math.max(theirs.updated, mine.updated),
    messages: [...messages.values()],
    chosen: {...theirs.chosen},
    changed: {...theirs.changed},
  };
  for (const [what, when] of Object.entries(mine.changed ?? {})) {
    if (when <= (theirs.changed?.[what] ?? 0)) continue;
    merged.changed![what] = when;
    if (what === 'title') Object.assign(merged, {title: mine.title, named: mine.named});
    else if (what === 'system') merged.system = mine.system;
    else merged.chosen[what] = mine.chosen[what];
  }
  return merged;
}

// Takes their version into mine, in place, since views hold its messages. The answer that is written here stays as it is;
// so do the branches of a conversation that somebody reads. Returns the messages that are new or changed.
export function takeUp(
  mine: Conversation,
  theirs: Conversation,
  {own, read}: {own: Message | undefined; read: boolean},
): Message[] {
  const merged = merge(theirs, mine);
  const shown = read ? pathOf(mine) : [];
  const known = new Map(mine.messages.map((message) => [message.id, message]));
  const changed = merged.messages.filter((message) => {
    const old = known.get(message.id);
    return !old || (message !== old && old !== own);
  });
  const inPlace = (message: Message) => known.get(message.id) ?? message;
  for (const message of changed) Object.assign(inPlace(message), message);
  Object.assign(mine, merged, {messages: merged.messages.map(inPlace)});
  for (const message of shown) mine.chosen[message.parent ?? ''] = message.id;
  return changed.map(inPlace);
}

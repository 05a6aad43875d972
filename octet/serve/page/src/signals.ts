// Who wants to know what: views listen to topics, the application speaks.

export class Signals<Topics> {
  private listeners = new Map<keyof Topics, Set<(value: never) => void>>();

  on<Topic extends keyof Topics>(topic: Topic, act: (value: Topics[Topic]) => void): void {
    if (!this.listeners.has(topic)) this.listeners.set(topic, new Set());
    this.listeners.get(topic)!.add(act as (value: never) => void);
  }

  emit<Topic extends keyof Topics>(topic: Topic, value: Topics[Topic]): void {
    this.listeners.get(topic)?.forEach((act) => (act as (value: Topics[Topic]) => void)(value));
  }
}

// Server-sent events from a stream of bytes that may be cut anywhere, even inside a character.

export class EventReader {
  private decoder = new TextDecoder();
  private rest = '';
  private data: string[] = [];

  // The data of each event that these bytes complete.
  push(bytes: Uint8Array): string[] {
    return this.read(this.decoder.decode(bytes, {stream: true}));
  }

  // What an unfinished last event holds: servers should end it with a blank line, not all do.
  end(): string[] {
    return this.read(this.decoder.decode() + '\n\n');
  }

  private read(text: string): string[] {
    this.rest += text;
    const events: string[] = [];
    let start = 0;
    for (let at = this.rest.indexOf('\n', start); at >= 0; at = this.rest.indexOf('\n', start)) {
      const line = this.rest.slice(start, this.rest[at - 1] === '\r' && at > start ? at - 1 : at);
      start = at + 1;
      if (line === '') {
        if (this.data.length) events.push(this.data.join('\n'));
        this.data = [];
      } else if (line.startsWith('data:')) {
        this.data.push(line.slice(line[5] === ' ' ? 6 : 5));
      }
    }
    this.rest = this.rest.slice(start);
    return events;
  }
}

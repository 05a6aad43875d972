// Serves the page's files and an API that streams canned answers, so that the page can be tested without a model.
// By itself: node mock_server.mjs FILES [PORT].
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {contentType} from '../../octet/serve/page/embed.mjs';
import {answerTo, cost, MODEL, tokenize, trace} from './mock_model.mjs';

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function sendJson(response, status, value) {
  response.writeHead(status, {'Content-Type': 'application/json'}).end(JSON.stringify(value));
}

const refusal = (message, code = null) => ({error: {message, type: 'invalid_request_error', param: null, code}});

function sendFile(files, name, response) {
  const file = path.join(files, name === '/' ? 'index.html' : path.normalize(name));
  if (!fs.existsSync(file)) return sendJson(response, 404, refusal(`There is nothing at ${name}.`));
  response.writeHead(200, {
    'Content-Type': contentType(file),
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
  });
  return response.end(fs.readFileSync(file));
}

async function readBody(request) {
  let text = '';
  for await (const part of request) text += part;
  return JSON.parse(text);
}

class Mock {
  requests = []; // bodies of chat requests, for the tests
  load = MODEL.experts.layers.map(() => new Array(MODEL.experts.routed).fill(0));
  answers = 0;

  constructor(files, key) {
    this.files = files;
    this.key = key;
  }

  async handle(request, response) {
    const {pathname} = new URL(request.url, 'http://mock');
    if (pathname === '/' || pathname.startsWith('/page/')) return sendFile(this.files, pathname, response);
    if (this.key && request.headers.authorization !== `Bearer ${this.key}`) {
      return sendJson(
        response,
        401,
        refusal('This server wants an API key, and the one sent is not among its keys.', 'invalid_api_key'),
      );
    }
    if (pathname === '/octet/model') return sendJson(response, 200, MODEL);
    if (pathname === '/octet/experts') return sendJson(response, 200, {layers: MODEL.experts.layers, load: this.load});
    if (pathname === '/v1/chat/completions') return this.chat(await readBody(request), response);
    return sendJson(response, 404, refusal(`There is nothing at ${pathname}.`));
  }

  async chat(body, response) {
    this.requests.push(body);
    if (/refuse/.test(body.messages.at(-1).content))
      return sendJson(response, 400, refusal('temperature: expected 0 to 2, found 9.'));
    response.writeHead(200, {'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store'});
    const answer = answerTo(body.messages, ++this.answers);
    const send = (value) =>
      response.write(
        `data: ${typeof value === 'string' ? value : JSON.stringify({id: 'chatcmpl-1', object: 'chat.completion.chunk', model: MODEL.name, ...value})}\n\n`,
      );
    send({choices: [{index: 0, delta: {role: 'assistant', content: ''}, finish_reason: null}]});
    const start = Date.now();
    const said = await this.stream(answer, body, response, send);
    if (response.destroyed) return undefined;
    if (answer.cut) {
      await pause(1500); // a browser may drop what it has not read when a connection breaks: it gets time to read
      return response.socket.end();
    }
    if (answer.error) {
      send({error: {message: answer.error, type: 'server_error', param: null, code: null}});
      return response.end();
    }
    const prompt = body.messages.reduce((sum, message) => sum + tokenize(message.content).length + 2, 1);
    send({
      choices: [{index: 0, delta: {}, finish_reason: said.length >= (body.max_tokens ?? Infinity) ? 'length' : 'stop'}],
    });
    send({
      choices: [],
      usage: {prompt_tokens: prompt, completion_tokens: said.length, total_tokens: prompt + said.length},
      octet_cost: cost(prompt, said, (Date.now() - start) / 1000),
    });
    send('[DONE]');
    return response.end();
  }

  // A drafted token comes in the chunk of the token before it. Returns the tokens.
  async stream(answer, body, response, send) {
    const parts = [
      ['reasoning_content', answer.reasoning],
      ['content', answer.text],
    ].flatMap(([field, text]) => tokenize(text ?? '').map((token) => [field, token]));
    const said = parts
      .slice(0, body.max_tokens ?? parts.length)
      .map(([field, text], position) => ({field, ...trace(text, position, body.octet_trace ?? {})}));
    for (let at = 0; at < said.length && !response.destroyed;) {
      let end = at + 1;
      while (end < said.length && said[end].drafted && said[end].field === said[at].field) end++;
      const tokens = said.slice(at, end);
      for (const token of tokens)
        token.experts?.forEach((experts, layer) => experts.forEach((expert) => this.load[layer][expert]++));
      const shown = tokens.map(({field, ...token}) => token);
      send({
        choices: [
          {
            index: 0,
            delta: {[said[at].field]: tokens.map((token) => token.text).join('')},
            finish_reason: null,
            ...(body.octet_trace ? {octet_trace: shown} : {}),
          },
        ],
      });
      at = end;
      await pause(answer.delay);
    }
    return said;
  }
}

// files: the folder that build.mjs wrote; key: what clients must send, if anything.
export async function startMock({files, port = 0, key = ''}) {
  const mock = new Mock(files, key);
  const server = http.createServer((request, response) => {
    mock.handle(request, response).catch((failure) => response.destroy(failure));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    mock,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {url} = await startMock({
    files: process.argv[2],
    port: Number(process.argv[3] ?? 0),
    key: process.env.MOCK_KEY ?? '',
  });
  console.log(url);
}

// The official OpenAI client for Node, unchanged: node openai.mjs BASE_URL
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2], apiKey: "unused", maxRetries: 0 });
const messages = [{ role: "user", content: "What is 28 plus 14?" }];
const parameters = {
  type: "object",
  properties: { city: { type: "string", maxLength: 12 } },
  required: ["city"],
  additionalProperties: false,
};

async function chats() {
  const whole = await client.chat.completions.create({ model: "mini", messages, temperature: 0 });
  assert.match(whole.choices[0].message.content, /42/);
  let text = "";
  let usage;
  const stream = await client.chat.completions.create({
    model: "mini", messages, temperature: 0, stream: true, stream_options: { include_usage: true },
  });
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(usage.completion_tokens, whole.usage.completion_tokens);
}

async function tools() {
  const tool = { type: "function", function: { name: "get_weather", parameters } };
  const runner = client.chat.completions.stream({
    model: "mini", messages, tools: [tool], tool_choice: "required", parallel_tool_calls: false,
  });
  const message = await runner.finalMessage();
  assert.equal(message.tool_calls.length, 1);
  assert.equal(message.tool_calls[0].function.name, "get_weather");
  assert.deepEqual(Object.keys(JSON.parse(message.tool_calls[0].function.arguments)), ["city"]);
}

async function structured() {
  const schema = {
    type: "object", properties: { amount: { type: "integer", minimum: 0, maximum: 99 } }, required: ["amount"],
    additionalProperties: false,
  };
  const answer = await client.chat.completions.create({
    model: "mini", messages, temperature: 1.5,
    response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema } },
  });
  const { amount } = JSON.parse(answer.choices[0].message.content);
  assert.ok(Number.isInteger(amount) && amount >= 0 && amount <= 99);
}

async function responses() {
  const stream = client.responses.stream({ model: "mini", input: "What is 28 plus 14?", temperature: 0 });
  let text = "";
  stream.on("response.output_text.delta", (event) => (text += event.delta));
  const final = await stream.finalResponse();
  assert.equal(final.status, "completed");
  assert.equal(final.output_text, text);
  const called = await client.responses.create({
    model: "mini", input: "Weather?", tool_choice: "required", parallel_tool_calls: false,
    tools: [{ type: "function", name: "get_weather", strict: true, parameters }],
  });
  assert.equal(called.output.filter((item) => item.type === "function_call").length, 1);
}

async function errors() {
  await assert.rejects(client.chat.completions.create({ model: "gpt-9", messages }), OpenAI.NotFoundError);
  await assert.rejects(client.chat.completions.create({ model: "mini", messages, temprature: 1 }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, "temprature");
    return true;
  });
}

for (const part of [chats, tools, structured, responses, errors]) {
  await part();
  console.log(part.name, "ok");
}

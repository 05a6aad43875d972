#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/testing_sanitized.h"
#include "octet/data/build.h"
#include "octet/data/chat_format.h"
#include "octet/data/dataset.h"
#include "octet/data/files.h"
#include "octet/data/html.h"
#include "octet/data/lzw.h"
#include "octet/data/shard.h"
#include "octet/data/wordnet.h"
#include "octet/text/jinja/jinja.h"

namespace octet::data {
namespace {

std::string joined(const Document& document) {
  std::string out;
  for (const auto& segment : document.segments) out += segment.text;
  return out;
}

TEST(ChatFormat, EqualsItsTemplateAndV3sForm) {
  std::vector<tasks::Message> chat = {
      {"system", "Be brief."}, {"user", "Hi"}, {"assistant", "Hello!"}, {"user", "2+2?"}, {"assistant", "4"}};
  Document document = render_chat(chat, "test");
  EXPECT_EQ(joined(document),
            "<｜begin▁of▁sentence｜>Be "
            "brief.<｜User｜>Hi<｜Assistant｜>Hello!<｜end▁of▁sentence｜><｜User｜>2+2?<｜Assistant｜>4<"
            "｜end▁of▁sentence｜>");
  Json messages = Json::array();
  for (const auto& message : chat) messages.push_back({{"role", message.role}, {"content", message.content}});
  text::jinja::Template source(chat_template, "chat_template");
  EXPECT_EQ(source.render({{"messages", messages}, {"bos_token", bos_token}}), joined(document));
  std::string prompt = source.render(
      {{"messages", Json::array({messages[1]})}, {"bos_token", bos_token}, {"add_generation_prompt", true}});
  EXPECT_EQ(prompt, "<｜begin▁of▁sentence｜><｜User｜>Hi<｜Assistant｜>");
  std::string learned;
  for (const auto& segment : document.segments)
    if (segment.learned) learned += segment.text;
  EXPECT_EQ(learned, "Hello!<｜end▁of▁sentence｜>4<｜end▁of▁sentence｜>");
  EXPECT_THROW(render_chat({{"robot", "x"}}, "test"), Error);
  EXPECT_THROW(render_chat({{"user", "x"}}, "test"), Error);
}

// "TOBEORNOTTOBE…" by hand: LZW of 9-bit codes, low bits first.
TEST(Lzw, DecodesRepeatsAndTheCodeThatIsJustBeingMade) {
  auto pack = [](const std::vector<uint32_t>& codes) {
    std::vector<std::byte> out((codes.size() * 9 + 7) / 8);
    for (size_t i = 0; i < codes.size() * 9; ++i)
      if (codes[i / 9] >> (i % 9) & 1) out[i / 8] |= std::byte(1 << (i % 8));
    return out;
  };
  auto abab = pack({'a', 'b', 257, 259, 'c'});  // a b ab aba c: 259 is made by the code before
  EXPECT_EQ(decode_lzw(abab, 100, "test"), "abababac");
  EXPECT_THROW(decode_lzw(pack({'a', 300}), 100, "test"), Error);
  EXPECT_THROW(decode_lzw(abab, 3, "test"), Error);
  EXPECT_EQ(decode_lzw({}, 10, "test"), "");
}

TEST(Html, KeepsTheMainTextOnly) {
  EXPECT_EQ(html_to_text("<html><body>menu<div class=x><div role=\"main\"><h1>Title<a class=\"headerlink\" "
                         "href=#>¶</a></h1><p>One &lt;two&gt;\n"
                         "three&#8217;s</p><pre>a  b\n c</pre><div>in</div></div><div>footer</div></div></body>"),
            "Title\n\nOne <two> three’s\n\na  b\n c\n\nin");
  EXPECT_EQ(html_to_text("plain & simple"), "plain & simple");
  EXPECT_EQ(html_to_text("<p>a<script>x<y</script>b</p"), "ab");
  EXPECT_EQ(html_to_text("<p><!-- a --"), "");
  EXPECT_EQ(html_to_text("&#xD800;&#99999999999;"), "&#xD800;&#99999999999;");
}

TEST(WordNet, ReadsASynset) {
  auto synsets = parse_wordnet(
      "  1 This is the licence\n"
      "02008041 05 n 02 heron 0 grey_bird 0 002 @ 02000954 n 0000 ~ 02008497 n 0000 | grey or white wading bird; \"an "
      "example\"  \n"
      "00001740 29 v 01 breathe 0 000 01 + 08 00 | draw air into, and expel out of, the lungs; \"I can breathe\"\n",
      "test");
  ASSERT_EQ(synsets.size(), 2u);
  EXPECT_EQ(synsets[0].words, (std::vector<std::string>{"heron", "grey bird"}));
  EXPECT_EQ(synsets[0].hypernym, 2000954);
  EXPECT_EQ(synsets[0].definition, "grey or white wading bird");
  EXPECT_EQ(synsets[1].type, 'v');
  EXPECT_EQ(synsets[1].definition, "draw air into, and expel out of, the lungs");
  for (const char* bad :
       {"x", "02008041 05 n 02 heron 0 | gloss", "02008041 05 n zz heron 0 | gloss", "12 5 n 01 a 0 000"})
    EXPECT_THROW(parse_wordnet(bad, "test"), Error) << bad;
}

TEST(Files, TextIsCutAtParagraphsAndLosesNothing) {
  std::string text = "aaaa\nbb\n\ncccc\n\ndddddddd\nee";
  auto pieces = cut_at_paragraphs(text, 6);
  EXPECT_EQ(pieces, (std::vector<std::string>{"aaaa\nbb", "cccc\n\ndddddddd", "ee"}));
  std::string line(1000, 'x');
  std::string whole;
  for (const auto& piece : cut_at_paragraphs(line, 10)) whole += piece;
  EXPECT_EQ(whole, line);
}

struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("octet-corpora-{}", getpid());
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

std::string write_recipe(const fs::path& folder, const std::string& extra) {
  std::string text, lines;
  for (int i = 0; i < 40; ++i) text += fmt::format("Paragraph {} speaks of things, words and numbers.\n\n", i);
  replace_file(folder / "a.txt", text);
  for (int i = 0; i < 40; ++i) {
    Json turns = Json::array({{{"role", "user"}, {"content", fmt::format("Say {}", i)}},
                              {{"role", "assistant"}, {"content", std::to_string(i)}}});
    lines += dump({{"messages", turns}}) + "\n";
  }
  replace_file(folder / "b.jsonl", lines + "{\"text\": \"Prose.\"}\n");
  replace_file(folder / "r.toml",
               "seed = 3\nvocab_size = 400\nvalidation = 0.2\n" + extra +
                   "[[source]]\nkind = \"text\"\nfiles = [\"a.txt\"]\ndocument_bytes = 64\n"
                   "[[source]]\nkind = \"jsonl\"\nfiles = [\"b.jsonl\"]\n"
                   "[[source]]\nkind = \"tasks\"\ntokens = \"20K\"\nshares = { add = 1, talk = 1 }\n");
  return (folder / "r.toml").string();
}

TEST(Build, MakesTheSameDataWithAnyNumberOfThreadsAndHoldsOutDocuments) {
  OCTET_LONG_IF_SANITIZED();
  Folder folder;
  auto recipe = read_data_recipe(write_recipe(folder.path, ""));
  Json one = build_dataset(recipe, folder.path / "one", 1), two = build_dataset(recipe, folder.path / "two", 3);
  EXPECT_EQ(dump(one), dump(two));
  for (const auto& entry : fs::recursive_directory_iterator(folder.path / "one")) {
    if (!entry.is_regular_file()) continue;
    fs::path other = folder.path / "two" / fs::relative(entry.path(), folder.path / "one");
    EXPECT_EQ(read_file(entry.path()), read_file(other)) << other;
  }
  Dataset dataset = read_dataset(folder.path / "one");
  ASSERT_EQ(dataset.train.size(), 3u);
  ASSERT_EQ(dataset.validation.size(), 3u);
  EXPECT_LE(dataset.vocab_size, 400);
  PackedStream stream(dataset.train, {512, 256, 1});
  EXPECT_EQ(stream.tokenizer_hash(), dataset.tokenizer_hash);
  stream.next();

  std::set<std::vector<int32_t>> train;
  auto documents = [](const Source& source, auto&& each) {
    for (const auto& path : source.shards) {
      Shard shard(path);
      for (int64_t d = 0; d < shard.documents(); ++d) {
        std::vector<int32_t> ids;
        for (int64_t t = shard.start(d); t < shard.start(d + 1); ++t) ids.push_back(shard.token(t));
        each(ids);
      }
    }
  };
  for (const auto& source : dataset.train) documents(source, [&](auto& ids) { train.insert(ids); });
  for (const auto& source : dataset.validation)
    documents(source, [&](auto& ids) { EXPECT_FALSE(train.contains(ids)); });

  // The same tokenizer again, from the folder.
  auto again = read_data_recipe(write_recipe(folder.path, "tokenizer = \"one\"\n"));
  EXPECT_EQ(build_dataset(again, folder.path / "three", 2)["tokenizer_hash"], one["tokenizer_hash"]);
}

TEST(Build, ReplacesOnlyWhatABuildLeft) {
  OCTET_LONG_IF_SANITIZED();
  Folder folder;
  auto recipe = read_data_recipe(write_recipe(folder.path, ""));
  auto refused = [&](const fs::path& out, const std::string& expected) {
    try {
      build_dataset(recipe, out, 1);
      ADD_FAILURE() << out;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find(expected), std::string::npos) << e.what();
    }
  };
  refused(folder.path, " in it");  // its own recipe and texts
  EXPECT_TRUE(fs::exists(folder.path / "r.toml"));
  refused(folder.path / "a.txt", "found a file");
  fs::path out = folder.path / "out";
  fs::create_directory(out);
  build_dataset(recipe, out, 1);
  build_dataset(recipe, out, 1);
  replace_file(out / "train" / "notes.txt", "mine");
  refused(out, "'train/notes.txt' in it");
  fs::remove(out / "train" / "notes.txt");
  replace_file(out / "data.json", "{}");
  refused(out, "no data.json of its own");
}

TEST(Build, RecipeMistakesAreNamed) {
  Folder folder;
  auto refuses = [&](const std::string& text, const std::string& expected) {
    replace_file(folder.path / "bad.toml", text);
    try {
      read_data_recipe(folder.path / "bad.toml");
      FAIL() << text;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find(expected), std::string::npos) << e.what();
    }
  };
  refuses("", "source");
  refuses("[[source]]\nkind = \"prose\"\n", "kind");
  refuses("[[source]]\nkind = \"tasks\"\ntokens = \"14.8\"\n", "tokens");
  refuses("[[source]]\nkind = \"tasks\"\ntokens = \"1M\"\nshares = { ad = 1 }\n", "did you mean 'add'");
  refuses("[[source]]\nkind = \"tasks\"\ntokens = \"1M\"\nword = 1\n", "word");
  refuses("[[source]]\nkind = \"text\"\nfiles = [\"missing.txt\"]\n", "missing.txt");
  refuses("vocabsize = 3\n[[source]]\nkind = \"tasks\"\ntokens = \"1M\"\n", "vocab_size");
  EXPECT_THROW(read_dataset(folder.path), Error);
}

}  // namespace
}  // namespace octet::data

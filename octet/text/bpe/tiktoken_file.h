// Kimi's and Moonlight's tokenizer: tiktoken.model, with the special tokens of tokenizer_config.json beside it.
#pragma once
#include "octet/text/bpe/tokenizer_file.h"

namespace octet::text {

// What the two files of `folder` say, in the terms of a tokenizer.json.
//
// tiktoken.model holds a line a token, "BASE64 RANK": its bytes and its id. The 256 ids above the vocabulary are
// special tokens: those that added_tokens_decoder names, and <|reserved_token_ID|> for the others. The pattern that
// splits a text stands in Python code beside the files, which octet does not run: it knows that of the class
// TikTokenTokenizer, and refuses others by name.
//
// The ids are those of tiktoken, all special tokens allowed. (Kimi's Python code cuts texts of more than 400,000
// characters, and words of more than 25,000, before it encodes them; octet does not.)
//
// Error{file} if a file is missing, Error{config} with the line if it is malformed, Error{unsupported} for another
// class.
TokenizerFile read_tiktoken_folder(const fs::path& folder);

// The same from the texts of the two files; `where` names tiktoken.model in errors.
TokenizerFile read_tiktoken_text(std::string_view model, const Json& tokenizer_config, const std::string& where);

}  // namespace octet::text

// octet is two programs, so that what needs no libtorch (which takes a third of a second to load) answers at once:
// `octet`, with the commands that need none, and `octet-engine` beside it, with all of them. One is the other to
// whoever calls it: octet becomes the engine, in the same process and with the same arguments, when a command asks for
// it.
#pragma once

namespace octet::app {

// Notes the arguments of main for become_engine.
void keep_arguments(char** argv);

// Replaces this program by octet-engine. Returns if there is none beside it (a build without libtorch), or if this is
// it.
void become_engine();

}  // namespace octet::app

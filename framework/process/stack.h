/*
 * Where this thread is: the functions that it is in the middle of, the innermost first. Made for a
 * signal handler: nothing here allocates or takes a lock of ours once stack_look was called, all of
 * it has an end, and a stack that leads nowhere costs its frames alone.
 *
 * A frame is MODULE+0xOFFSET(SYMBOL), as addr2line(1) wants it: `libc.so.6+0xd5361(clock_nanosleep)`.
 * The offset is that of the call; the symbol is left out where the module exports none there.
 * Addresses themselves, which tell where the kernel has put the program, are never said.
 */
#ifndef POSTERN_PROCESS_STACK_H
#define POSTERN_PROCESS_STACK_H

#include <stddef.h>

enum {
	STACK_MAX_FRAMES = 32,
	STACK_MAX_MODULES = 64,
	STACK_NAME_MAX = 48, /* bytes of a module's or a symbol's name that are told */
	STACK_TEXT_MAX =
	    2560, /* bytes of all frames together; those that find no room are left out */
};

/*
 * Learns which modules the process consists of, and readies the unwinder. Before the sandbox, and
 * again when modules have been loaded.
 */
void stack_look(void);

/*
 * The stack as text, frames set apart by spaces, NUL-terminated; " ..." at the end when there are
 * more. In a signal handler it begins with what the signal interrupted. Returns its length.
 */
size_t stack_write(char *room, size_t size);

#endif

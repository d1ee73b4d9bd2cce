/*
 * The walk is the compiler's own unwinder, which reads the tables that every object carries: frame
 * pointers are not to be relied on. It finds them without a lock since glibc 2.35, before that under
 * the loader's own, which is recursive; backtrace(3) would load a library first.
 */
#include "process/stack.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <unwind.h>

#include "core/ascii.h"
#include "core/buffer.h"
#include "core/compiler.h"

struct module {
	uintptr_t base, begin, end; /* what its offsets count from; its code */
	char name[STACK_NAME_MAX + 1];
};

/* As of the last look. The handler cannot ask the loader, which it may have interrupted. */
static struct module modules[STACK_MAX_MODULES];
static size_t module_count;

/* For the handler of a fault. */
static sigjmp_buf way_out;
static pthread_t walker;

struct walk {
	uintptr_t frames[STACK_MAX_FRAMES];
	size_t count;
	bool is_behind_signal, is_cut;
};

/* --- modules ----------------------------------------------------------------------------------- */

static bool
is_plain(char c)
{
	return ascii_is_alnum(c) || (c != '\0' && strchr("_.-+$@:", c) != NULL);
}

/* Of a name as much as is told; what could be mistaken for something else in a line is '?'. */
static void
copy_name(char ret_name[STACK_NAME_MAX + 1], const char *name)
{
	size_t i;

	for (i = 0; i < STACK_NAME_MAX && name[i] != '\0'; i++)
		ret_name[i] = is_plain(name[i]) ? name[i] : '?';
	ret_name[i] = '\0';
}

/* The program itself has no name in the loader's list, and argv[0] may be a title by now. */
static const char *
name_of(const char *path)
{
	const char *slash;

	if (path == NULL || path[0] == '\0')
		path = (const char *)(uintptr_t)getauxval(AT_EXECFN);
	if (path == NULL)
		return "program";
	slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

static int
add_module(struct dl_phdr_info *info, size_t size UNUSED, void *unused UNUSED)
{
	struct module *module = &modules[module_count];
	size_t i;

	if (module_count == STACK_MAX_MODULES)
		return 1;
	*module = (struct module) { .base = info->dlpi_addr, .begin = UINTPTR_MAX };
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		const uintptr_t begin = info->dlpi_addr + part->p_vaddr;

		if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0)
			continue;
		if (begin < module->begin)
			module->begin = begin;
		if (begin + part->p_memsz > module->end)
			module->end = begin + part->p_memsz;
	}
	copy_name(module->name, name_of(info->dlpi_name));
	if (module->begin < module->end)
		module_count++;
	return 0;
}

static const struct module *
find_module(uintptr_t at)
{
	size_t i;

	for (i = 0; i < module_count; i++)
		if (at >= modules[i].begin && at < modules[i].end)
			return &modules[i];
	return NULL;
}

/* --- the walk ---------------------------------------------------------------------------------- */

/* A return address lies behind its call, at times in the next function. */
static _Unwind_Reason_Code
note_frame(struct _Unwind_Context *context, void *argument)
{
	struct walk *walk = argument;
	int is_interrupted = 0;
	const uintptr_t at = _Unwind_GetIPInfo(context, &is_interrupted);

	if (at == 0)
		return _URC_END_OF_STACK;
	if (is_interrupted && !walk->is_behind_signal) {
		walk->is_behind_signal = true;
		walk->count = 0;
	}
	if (walk->count == STACK_MAX_FRAMES) {
		walk->is_cut = true;
		return _URC_END_OF_STACK;
	}
	walk->frames[walk->count++] = is_interrupted ? at : at - 1;
	return _URC_NO_REASON;
}

/* A fault of another thread is none of ours, and comes again when nobody takes it. */
static void
on_fault(int number)
{
	if (pthread_equal(pthread_self(), walker))
		siglongjmp(way_out, 1);
	(void)signal(number, SIG_DFL);
}

/*
 * Code that was written by hand may describe its frame wrongly, and a stack may be overwritten: then
 * the walk ends where it leads out of memory, and not the process.
 */
static void
walk_stack(struct walk *walk)
{
	struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK };
	struct sigaction segv, bus;

	walk->count = 0;
	walk->is_behind_signal = walk->is_cut = false;
	walker = pthread_self();
	sigemptyset(&action.sa_mask);
	(void)sigaction(SIGSEGV, &action, &segv);
	(void)sigaction(SIGBUS, &action, &bus);
	if (sigsetjmp(way_out, 1) == 0)
		(void)_Unwind_Backtrace(note_frame, walk);
	else
		walk->is_cut = true;
	(void)sigaction(SIGSEGV, &segv, NULL);
	(void)sigaction(SIGBUS, &bus, NULL);
}

void
stack_look(void)
{
	struct walk walk;

	module_count = 0;
	(void)dl_iterate_phdr(add_module, NULL);
	/* What it does at its first call only, it has done now. */
	walk_stack(&walk);
}

/* --- text -------------------------------------------------------------------------------------- */

/* dladdr knows what a module exports, and goes by the size: no frame gets its neighbour's name. */
static void
put_symbol(struct buffer *text, uintptr_t at)
{
	char name[STACK_NAME_MAX + 1];
	Dl_info info;

	if (dladdr((const void *)at, &info) == 0 || info.dli_sname == NULL)
		return;
	copy_name(name, info.dli_sname);
	(void)buffer_byte(text, '(');
	(void)buffer_text(text, name);
	(void)buffer_byte(text, ')');
}

static void
put_number(struct buffer *text, uintptr_t number)
{
	static const char digits[] = "0123456789abcdef";
	char room[2 * sizeof(number)];
	size_t at = sizeof(room);

	do
		room[--at] = digits[number % 16];
	while ((number /= 16) != 0);
	(void)buffer_append(text, room + at, sizeof(room) - at);
}

static void
put_frame(struct buffer *text, uintptr_t at)
{
	const struct module *module = find_module(at);

	if (text->len > 0)
		(void)buffer_byte(text, ' ');
	if (module == NULL) {
		(void)buffer_byte(text, '?');
		return;
	}
	(void)buffer_text(text, module->name);
	(void)buffer_text(text, "+0x");
	put_number(text, at - module->base);
	put_symbol(text, at);
}

size_t
stack_write(char *room, size_t size)
{
	static const char more[] = " ...";
	struct buffer text;
	struct walk walk;
	size_t i, before;

	if (size <= sizeof(more))
		return 0;
	walk_stack(&walk);
	buffer_init_fixed(&text, room, size - sizeof(more));
	for (i = 0; i < walk.count; i++) {
		before = text.len;
		put_frame(&text, walk.frames[i]);
		if (buffer_failed(&text)) {
			text.len = before;
			walk.is_cut = true;
			break;
		}
	}
	if (walk.is_cut) {
		memcpy(room + text.len, more, sizeof(more) - 1);
		text.len += sizeof(more) - 1;
	}
	room[text.len] = '\0';
	return text.len;
}

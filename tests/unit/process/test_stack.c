/* Where a program is, as it says itself: in plain code, in a signal handler, deep down. */
#include "check.h"

#include <regex.h>
#include <signal.h>

#include "process/stack.h"

static char told[STACK_TEXT_MAX];
static volatile sig_atomic_t is_told;

/* As the log's schema has it. */
static const char pattern[] =
    "^([A-Za-z0-9_.$@:+?-]+\\+0x[0-9a-f]+(\\([A-Za-z0-9_.$@:+?-]+\\))?|\\?)"
    "( ([A-Za-z0-9_.$@:+?-]+\\+0x[0-9a-f]+(\\([A-Za-z0-9_.$@:+?-]+\\))?|\\?))*"
    "( \\.\\.\\.)?$";

static unsigned
count_frames(const char *text)
{
	unsigned count = text[0] != '\0';

	for (; *text != '\0'; text++)
		count += *text == ' ';
	return count;
}

static void
assert_form(const char *text)
{
	regex_t form;

	assert_int_equal(regcomp(&form, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&form, text, 0, NULL, 0) != 0)
		fail_msg("no stack: %s", text);
	regfree(&form);
}

static void
on_signal(int number UNUSED)
{
	assert_true(stack_write(told, sizeof(told)) > 0);
	is_told = 1;
}

/* The frames of the test's own program bear its file's name, whatever libtool has made of that. */
static bool
is_ours(const char *text)
{
	return strncmp(text, "test_stack+0x", 13) == 0 ||
	       strncmp(text, "lt-test_stack+0x", 16) == 0;
}

static void
in_plain_code(void **state UNUSED)
{
	assert_true(stack_write(told, sizeof(told)) == strlen(told));
	assert_form(told);
	assert_true(is_ours(told));
	assert_true(count_frames(told) > 2);
	assert_non_null(strstr(told, "libc.so"));
}

/* What the handler is made of is left out: the first frame is the one that was interrupted. */
static void
in_a_signal_handler(void **state UNUSED)
{
	struct sigaction action = { .sa_handler = on_signal };

	is_told = 0;
	assert_int_equal(sigaction(SIGURG, &action, NULL), 0);
	assert_int_equal(raise(SIGURG), 0);
	assert_true(is_told != 0);
	assert_form(told);
	assert_int_equal(strncmp(told, "libc.so", 7), 0); /* in the middle of raise(3) */
	assert_non_null(strstr(told, "test_stack+0x"));
}

static void
raise_on_own_stack(void)
{
	static char room[64 * 1024];
	const stack_t own = { .ss_sp = room, .ss_size = sizeof(room) };
	const stack_t none = { .ss_flags = SS_DISABLE };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };
	stack_t before;

	assert_int_equal(sigaltstack(&own, &before), 0);
	assert_int_equal(sigaction(SIGURG, &action, NULL), 0);
	assert_int_equal(raise(SIGURG), 0);
	assert_int_equal(
	    sigaltstack((before.ss_flags & SS_DISABLE) != 0 ? &none : &before, NULL), 0);
	assert_form(told);
	assert_int_equal(strncmp(told, "libc.so", 7), 0);
	assert_non_null(strstr(told, "test_stack+0x"));
}

static void
on_a_stack_of_its_own(void **state UNUSED)
{
	raise_on_own_stack();
}

static __attribute__((noinline)) int
go_down(int depth)
{
	if (depth > 0)
		return go_down(depth - 1) + 1;
	assert_true(stack_write(told, sizeof(told)) > 0);
	return 0;
}

static void
a_deep_one_has_an_end(void **state UNUSED)
{
	volatile int depth = 2 * STACK_MAX_FRAMES;

	assert_int_equal(go_down(depth), depth);
	assert_form(told);
	assert_true(count_frames(told) <= STACK_MAX_FRAMES + 1);
}

#ifdef __x86_64__
/* Says that its caller's address lies where there is no memory. */
__asm__(".pushsection .text\n"
	".type lies, @function\n"
	"lies:\n"
	"	.cfi_startproc\n"
	"	push %rbx\n"
	"	mov $4096, %rbx\n"
	"	.cfi_def_cfa %rbx, 8\n"
	"	call *%rdi\n"
	"	pop %rbx\n"
	"	.cfi_def_cfa %rsp, 8\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size lies, . - lies\n"
	".popsection\n");
extern void lies(void (*then)(void));

static void
write_it(void)
{
	assert_true(stack_write(told, sizeof(told)) > 0);
}

static void
a_stack_that_leads_nowhere_ends_there(void **state UNUSED)
{
	struct sigaction before, after;

	if (getenv("POSTERN_UNDER_VALGRIND") != NULL)
		skip(); /* it tells of the fault */
	assert_int_equal(sigaction(SIGSEGV, NULL, &before), 0);
	lies(write_it);
	assert_form(told);
	assert_string_equal(told + strlen(told) - 4, " ...");
	assert_true(is_ours(told));
	assert_int_equal(sigaction(SIGSEGV, NULL, &after), 0);
	assert_true(before.sa_handler == after.sa_handler);
	lies(raise_on_own_stack);
	assert_string_equal(told + strlen(told) - 4, " ...");
	in_plain_code(NULL);
}
#else
static void
a_stack_that_leads_nowhere_ends_there(void **state UNUSED)
{
	skip();
}
#endif

static void
what_finds_no_room_is_left_out_whole(void **state UNUSED)
{
	char room[64];
	size_t len = stack_write(room, sizeof(room));

	assert_int_equal(len, strlen(room));
	assert_form(room);
	assert_string_equal(room + len - 4, " ...");
	assert_int_equal(stack_write(room, 1), 0);
}

/* Where an address has more digits than any offset. Under valgrind a program lies low. */
static void
assert_untold(uintptr_t address)
{
	char text[32];

	if (sizeof(address) < 8 || address >> 32 == 0)
		return;
	(void)snprintf(text, sizeof(text), "%llx", (unsigned long long)address >> 20);
	assert_null(strstr(told, text));
}

static void
no_address_is_told(void **state UNUSED)
{
	assert_true(stack_write(told, sizeof(told)) > 0);
	assert_untold((uintptr_t)no_address_is_told);
	assert_untold((uintptr_t)&malloc);
	assert_untold((uintptr_t)&told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_plain_code),
		cmocka_unit_test(in_a_signal_handler),
		cmocka_unit_test(on_a_stack_of_its_own),
		cmocka_unit_test(a_deep_one_has_an_end),
		cmocka_unit_test(a_stack_that_leads_nowhere_ends_there),
		cmocka_unit_test(what_finds_no_room_is_left_out_whole),
		cmocka_unit_test(no_address_is_told),
	};

	stack_look();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Arenas: what is given out, what is refused, and what is taken back when. */
#include "core/arena.h"

#include <malloc.h>

#include "rows.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
const char *__asan_default_options(void);

/* Memory that is out is a case to be tested here, not a reason to stop. */
const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}
#endif

enum { BLOCK = 4096, CEILING = 65536 };

static int
arena_up(void **state)
{
	static struct arena arena;

	arena_init(&arena, BLOCK, CEILING);
	*state = &arena;
	return 0;
}

static int
arena_down(void **state)
{
	arena_done(*state);
	return 0;
}

static void
memory_is_aligned_and_apart(void **state)
{
	char *last = NULL;

	for (size_t size = 0; size < 100; size++) {
		char *p = arena_alloc(*state, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		assert_ptr_not_equal(p, last);
		memset(p, 0xa5, size);
		last = p;
	}
}

static void
ceiling_is_exact(void **state)
{
	struct arena *arena = *state;

	assert_non_null(arena_alloc(arena, CEILING - 16));
	assert_null(arena_alloc(arena, 17));
	assert_non_null(arena_alloc(arena, 16));
	assert_null(arena_alloc(arena, 0));
	assert_int_equal(arena->used, CEILING);
	arena_reset(arena);
	assert_non_null(arena_alloc(arena, CEILING));
}

static void
sizes_that_overflow_are_refused(void **state)
{
	struct arena *arena = *state;

	arena->ceiling = SIZE_MAX;
	assert_null(arena_alloc(arena, SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX - 15));
	assert_null(arena_alloc(arena, SIZE_MAX - 40));
	assert_null(arena_alloc(arena, SIZE_MAX / 2));
	assert_null(arena_alloc(arena, SIZE_MAX / 4));
	assert_null(arena_calloc(arena, SIZE_MAX / 2, 3));
	assert_null(arena_calloc(arena, 3, SIZE_MAX / 2));
	assert_null(arena_dup(arena, "", SIZE_MAX));
	assert_int_equal(arena->used, 0);
	assert_non_null(arena_alloc(arena, 1));
}

static void
calloc_clears_memory_used_before(void **state)
{
	static const char zeros[64];
	char *p = arena_alloc(*state, sizeof(zeros));

	memset(p, 0xff, sizeof(zeros));
	arena_reset(*state);
	p = arena_calloc(*state, 8, 8);
	assert_memory_equal(p, zeros, sizeof(zeros));
	assert_non_null(arena_calloc(*state, 0, 8));
	assert_non_null(arena_calloc(*state, 8, 0));
}

static void
copies_end_with_nul(void **state)
{
	struct slice s = arena_dup_slice(*state, slice_make("a\0b", 3));

	assert_string_equal(arena_dup(*state, "hello, world", 5), "hello");
	assert_string_equal(arena_dup(*state, NULL, 0), "");
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.data, "a\0b", 4);
	s = arena_dup_slice(*state, slice_make(NULL, 0));
	assert_non_null(s.data);
	assert_int_equal(s.len, 0);
}

static void
a_copy_that_does_not_fit_is_none(void **state)
{
	struct arena *arena = *state;
	static const char text[64] = "text";
	struct slice s;

	arena->ceiling = 32;
	s = arena_dup_slice(arena, slice_make(text, sizeof(text)));
	assert_null(s.data);
	assert_int_equal(s.len, 0);
	assert_null(arena_printf(arena, "%064d", 1));
}

static void
printf_takes_what_it_needs(void **state)
{
	assert_string_equal(arena_printf(*state, "%s-%d", "a", 7), "a-7");
	assert_int_equal(strlen(arena_printf(*state, "%05000d", 1)), 5000);
}

static void
big_ones_leave_the_block_in_use(void **state)
{
	char *before = arena_alloc(*state, 16);
	char *big = arena_alloc(*state, 2 * BLOCK);
	char *after = arena_alloc(*state, 16);

	memset(big, 1, 2 * BLOCK);
	assert_true(after > before && after - before < 64);
}

static void
reset_gives_the_first_block_again(void **state)
{
	char *first = arena_alloc(*state, 16);

	for (int i = 0; i < 20; i++)
		assert_non_null(arena_alloc(*state, 1000));
	assert_non_null(arena_alloc(*state, 3 * BLOCK));
	arena_reset(*state);
	assert_int_equal(((struct arena *)*state)->used, 0);
	assert_ptr_equal(arena_alloc(*state, 16), first);
}

/* What malloc has given out, if the allocator tells (those of the sanitizers do not). */
static size_t
heap_in_use(void)
{
	return mallinfo2().uordblks + mallinfo2().hblkhd;
}

static void
a_request_that_fits_costs_no_malloc(void **state)
{
	size_t before;

	assert_non_null(arena_alloc(*state, 1));
	arena_reset(*state);
	before = heap_in_use();
	for (int request = 0; request < 100; request++) {
		for (int i = 0; i < 30; i++)
			assert_non_null(arena_alloc(*state, 64));
		assert_int_equal(heap_in_use(), before);
		arena_reset(*state);
	}
}

static void
rollback_frees_younger_blocks_and_keeps_older(void **state)
{
	struct arena *arena = *state;
	char *old_big = arena_alloc(arena, 2 * BLOCK);
	char *old_small = arena_alloc(arena, 8);
	struct arena_mark mark = arena_mark(arena);
	size_t heap = heap_in_use();
	char *next;

	memset(old_big, 'b', 2 * BLOCK);
	memcpy(old_small, "before", 7);
	next = arena_alloc(arena, 8);
	for (int i = 0; i < 10; i++)
		assert_non_null(arena_alloc(arena, 1000));
	assert_non_null(arena_alloc(arena, 2 * BLOCK));
	arena_rollback(arena, mark);
	assert_int_equal(heap_in_use(), heap);
	assert_int_equal(arena->used, mark.used);
	assert_string_equal(old_small, "before");
	assert_int_equal(old_big[2 * BLOCK - 1], 'b');
	assert_ptr_equal(arena_alloc(arena, 8), next);
}

static void
marks_nest(void **state)
{
	struct arena_mark outer = arena_mark(*state), inner;
	char *first = arena_alloc(*state, 8), *second;

	inner = arena_mark(*state);
	second = arena_alloc(*state, 8);
	arena_rollback(*state, inner);
	assert_ptr_equal(arena_alloc(*state, 8), second);
	arena_rollback(*state, outer);
	assert_ptr_equal(arena_alloc(*state, 8), first);
}

static void
only_the_last_allocation_extends(void **state)
{
	struct arena *arena = *state;
	char *first = arena_alloc(arena, 10);
	char *last = arena_alloc(arena, 10);
	size_t used = arena->used;

	assert_false(arena_extend(arena, first, 10, 100));
	assert_int_equal(arena->used, used);
	assert_true(arena_extend(arena, last, 10, 100));
	memset(last, 1, 100);
	assert_int_equal(arena->used, used + 112 - 16);
	assert_false(arena_extend(arena, last, 100, BLOCK)); /* no room behind it */
	assert_false(arena_extend(arena, last, 100, 10));    /* not larger */
	assert_false(arena_extend(arena, last, 100, SIZE_MAX));
	arena->ceiling = arena->used;
	assert_false(arena_extend(arena, last, 100, 113));
	assert_true(arena_extend(arena, last, 100, 112));
}

static void
an_empty_arena_extends_nothing(void **state)
{
	char byte;

	assert_false(arena_extend(*state, &byte, 1, 2));
}

static void
a_wiping_arena_leaves_no_secret(void **state)
{
	static const char zeros[3000];
	struct arena *arena = *state;
	struct arena_mark mark;
	char *secret;

	arena_init_wiping(arena, BLOCK, CEILING);
	secret = arena_alloc(arena, sizeof(zeros));
	memset(secret, 's', sizeof(zeros));
	arena_reset(arena);
	assert_ptr_equal(arena_alloc(arena, sizeof(zeros)), secret);
	assert_memory_equal(secret, zeros, sizeof(zeros));
	arena_reset(arena);
	mark = arena_mark(arena);
	memset(arena_alloc(arena, sizeof(zeros)), 's', sizeof(zeros));
	assert_non_null(arena_alloc(arena, 2000)); /* in a second block */
	arena_rollback(arena, mark);
	assert_ptr_equal(arena_alloc(arena, sizeof(zeros)), secret);
	assert_memory_equal(secret, zeros, sizeof(zeros));
}

static void
done_twice_and_use_again_is_harmless(void **state)
{
	struct arena zeroed = { 0 };

	arena_done(&zeroed);
	arena_reset(&zeroed);
	assert_non_null(arena_alloc(*state, 10));
	arena_done(*state);
	arena_done(*state);
	assert_non_null(arena_alloc(*state, 10));
}

static void
small_blocks_and_ceilings_work(void **state)
{
	struct arena *arena = *state;

	arena_init(arena, 0, 64);
	assert_non_null(arena_alloc(arena, 64));
	assert_null(arena_alloc(arena, 1));
	arena_done(arena);
	arena_init(arena, 0, CEILING);
	for (int i = 0; i < 100; i++)
		memset(arena_alloc(arena, 100), 1, 100);
}

static void
tools_see_a_step_over_the_end(void **state)
{
#ifdef HAS_ASAN
	char *p = arena_alloc(*state, 20);
	char *q = arena_alloc(*state, 16);

	assert_false(__asan_address_is_poisoned(p + 19));
	assert_true(__asan_address_is_poisoned(p + 20));
	assert_false(__asan_address_is_poisoned(q + 15));
	assert_true(__asan_address_is_poisoned(q + 16));
	arena_reset(*state);
	assert_true(__asan_address_is_poisoned(p));
#else
	(void)state;
	skip();
#endif
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, arena_up, arena_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(memory_is_aligned_and_apart),
		TEST(ceiling_is_exact),
		TEST(sizes_that_overflow_are_refused),
		TEST(calloc_clears_memory_used_before),
		TEST(copies_end_with_nul),
		TEST(a_copy_that_does_not_fit_is_none),
		TEST(printf_takes_what_it_needs),
		TEST(big_ones_leave_the_block_in_use),
		TEST(reset_gives_the_first_block_again),
		TEST(a_request_that_fits_costs_no_malloc),
		TEST(rollback_frees_younger_blocks_and_keeps_older),
		TEST(marks_nest),
		TEST(only_the_last_allocation_extends),
		TEST(an_empty_arena_extends_nothing),
		TEST(a_wiping_arena_leaves_no_secret),
		TEST(done_twice_and_use_again_is_harmless),
		TEST(small_blocks_and_ceilings_work),
		TEST(tools_see_a_step_over_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

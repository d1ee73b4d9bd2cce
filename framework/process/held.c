/* The table of a worker's connections. */
#include "process/held.h"

#include <stdlib.h>

bool
held_init(struct held_table *table)
{
	size_t i;

	*table = (struct held_table) { .entries = calloc(HELD_MAX, sizeof(struct held)) };
	if (table->entries == NULL)
		return false;
	for (i = HELD_MAX; i-- > 0;) {
		table->entries[i].next = table->free;
		table->free = &table->entries[i];
	}
	return true;
}

void
held_done(struct held_table *table)
{
	free(table->entries);
	*table = (struct held_table) { 0 };
}

struct held *
held_add(struct held_table *table, struct gateway_connection *connection)
{
	struct held *held = table->free;

	if (held == NULL)
		return NULL;
	table->free = held->next;
	*held = (struct held) { .gateway = connection };
	table->count++;
	return held;
}

/* --- lists ----------------------------------------------------------------------------------- */

static void
append(struct held_list *list, struct held *held)
{
	held->next = NULL;
	held->previous = list->last;
	if (list->last != NULL)
		list->last->next = held;
	else
		list->first = held;
	list->last = held;
}

static void
unlink_from(struct held_list *list, struct held *held)
{
	if (held->previous != NULL)
		held->previous->next = held->next;
	else
		list->first = held->next;
	if (held->next != NULL)
		held->next->previous = held->previous;
	else
		list->last = held->previous;
	held->next = held->previous = NULL;
}

static void
end_rest(struct held_table *table, struct held *held)
{
	if (held->idle_since_us == 0)
		return;
	unlink_from(&table->idle, held);
	held->idle_since_us = 0;
}

void
held_remove(struct held_table *table, struct held *held)
{
	held_end_partial(table, held);
	held_end_ready(table, held);
	end_rest(table, held);
	*held = (struct held) { .next = table->free };
	table->free = held;
	table->count--;
}

void
held_begin_partial(struct held_table *table, struct held *held, int64_t now_us)
{
	if (held->partial_since_us != 0)
		return;
	end_rest(table, held);
	held->partial_since_us = now_us;
	append(&table->partial, held);
}

void
held_end_partial(struct held_table *table, struct held *held)
{
	if (held->partial_since_us == 0)
		return;
	unlink_from(&table->partial, held);
	held->partial_since_us = 0;
}

struct held *
held_first_partial(const struct held_table *table)
{
	return table->partial.first;
}

void
held_rest(struct held_table *table, struct held *held, int64_t now_us)
{
	if (held->partial_since_us != 0)
		return;
	end_rest(table, held);
	held->idle_since_us = now_us;
	append(&table->idle, held);
}

struct held *
held_first_idle(const struct held_table *table)
{
	return table->idle.first;
}

void
held_begin_ready(struct held_table *table, struct held *held, int64_t now_us)
{
	if (held->ready_since_us != 0)
		return;
	held->ready_since_us = now_us;
	held->next_ready = NULL;
	held->previous_ready = table->last_ready;
	if (table->last_ready != NULL)
		table->last_ready->next_ready = held;
	else
		table->first_ready = held;
	table->last_ready = held;
}

void
held_end_ready(struct held_table *table, struct held *held)
{
	if (held->ready_since_us == 0)
		return;
	if (held->previous_ready != NULL)
		held->previous_ready->next_ready = held->next_ready;
	else
		table->first_ready = held->next_ready;
	if (held->next_ready != NULL)
		held->next_ready->previous_ready = held->previous_ready;
	else
		table->last_ready = held->previous_ready;
	held->next_ready = held->previous_ready = NULL;
	held->ready_since_us = 0;
}

struct held *
held_first_ready(const struct held_table *table)
{
	return table->first_ready;
}

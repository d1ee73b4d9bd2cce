/* The number of workers, kept. See staffing.h. */
#include "process/staffing.h"

#include "config/config.h"
#include "log/log.h"
#include "process/generation.h"

void
staffing_init(struct staffing *staffing, struct crew *crew, const struct config *config)
{
	*staffing = (struct staffing) { .crew = crew, .wanted = staffing_first(config) };
}

void
staffing_renew(struct staffing *staffing, const struct config *config)
{
	staffing->wanted = staffing_first(config);
	staffing->retry_us = 0;
	crew_forget_deaths(staffing->crew);
}

unsigned
staffing_first(const struct config *config)
{
	return config->workers;
}

bool
staffing_hire_first(struct staffing *staffing, struct generation *generation, int64_t now_us)
{
	unsigned i, count = staffing_first(generation->config);

	if (!crew_prepare(staffing->crew, count, now_us))
		return false;
	for (i = 0; i < count; i++)
		if (!crew_hire(staffing->crew, generation, now_us))
			return false;
	return true;
}

static unsigned
lesser(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Of a TTIN and a TTOU that were pending together nobody can say which was sent first: the kernel
 * hands out the lower number. One less comes first here, so that at the ends of the range as well
 * nobody who asked for one more is left with less than in the order that they were sent in.
 */
void
staffing_change(struct staffing *staffing, unsigned fewer, unsigned more)
{
	staffing->wanted -= lesser(fewer, staffing->wanted - 1);
	staffing->wanted += lesser(more, SHARED_MAX_WORKERS - staffing->wanted);
}

void
staffing_note_end(struct staffing *staffing, struct generation *current,
    const struct crew_leaver *leaver, int64_t now_us)
{
	unsigned delay_ms;
	struct log_line line;

	if (leaver->was_told)
		return;
	delay_ms = crew_mourn(staffing->crew, leaver->slot, now_us);
	if (delay_ms == 0 || !log_begin(&line, current->log, LOG_WORKER_STORM))
		return;
	log_number(&line, FIELD_WORKER, leaver->slot + 1);
	log_number(&line, FIELD_DELAY_MS, delay_ms);
	log_number(&line, FIELD_WORKERS, crew_count(staffing->crew, current));
	log_end(&line);
}

static int64_t
grace_us(const struct generation *generation)
{
	return (int64_t)generation->config->graceful_timeout_s * 1000 * 1000;
}

static void
hire(struct staffing *staffing, struct generation *current, unsigned count, int64_t now_us)
{
	bool is_done = crew_prepare(staffing->crew, count, now_us);

	for (; is_done && count > 0; count--)
		is_done = crew_hire(staffing->crew, current, now_us);
	if (!is_done)
		staffing->retry_us = now_us + STAFFING_FORK_RETRY_US;
}

void
staffing_keep(struct staffing *staffing, struct generation *current, int64_t now_us)
{
	unsigned staying = crew_count_staying(staffing->crew, current), taken;
	int64_t next_us;

	if (staying > staffing->wanted)
		crew_dismiss(staffing->crew, current, staying - staffing->wanted,
		    now_us + grace_us(current));
	/* A slot that waits keeps its place; all others are filled. */
	taken = staying + crew_count_waiting(staffing->crew, now_us, &next_us);
	if (taken < staffing->wanted && now_us >= staffing->retry_us)
		hire(staffing, current, staffing->wanted - taken, now_us);
}

int64_t
staffing_next(const struct staffing *staffing, const struct generation *current, int64_t now_us)
{
	unsigned staying = crew_count_staying(staffing->crew, current), waiting;
	int64_t next_us;

	if (staying >= staffing->wanted)
		return 0;
	waiting = crew_count_waiting(staffing->crew, now_us, &next_us);
	if (staying + waiting < staffing->wanted)
		return staffing->retry_us;
	return next_us;
}

/*
 * Decisions per second of Postern's engine, through <postern/cedar.h> alone. tests/bench/cedar calls it:
 *
 *     cedar_postern FOLDER SECONDS store|json
 *
 * FOLDER has policies.cedar, entities.json and requests.jsonl. With `store` all entities and the
 * requests are there before the clock starts; with `json` each decision begins with the JSON of the
 * request and of the entities that it needs, as the official engine's calls do. Prints one line of
 * JSON: {"per_s", "answers": [[decision, reasons, errors], ...]}.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include <postern/cedar.h>

enum { MAX_REQUESTS = 64 };

/* One question in both forms: as JSON texts, and ready to be asked. */
struct question {
	json_t *json;
	char *entities, *context;
	struct postern_cedar_request *request;
};

struct bench {
	struct postern_cedar_problems *problems;
	struct postern_cedar_policies *policies;
	struct postern_cedar_entities *entities;
	struct postern_cedar_answer *answer;
	struct question questions[MAX_REQUESTS];
	size_t count;
};

static void
die(const char *what)
{
	fprintf(stderr, "cedar_postern: %s\n", what);
	exit(1);
}

static char *
read_file(const char *folder, const char *name)
{
	char path[4096], *text;
	FILE *file;
	long size;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
		die(path);
	rewind(file);
	text = calloc(1, (size_t)size + 1);
	if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size)
		die(path);
	(void)fclose(file);
	return text;
}

static void
complain(const struct bench *bench, const char *what)
{
	for (size_t i = 0; i < postern_cedar_problems_count(bench->problems); i++)
		fprintf(stderr, "%s\n", postern_cedar_problems_get(bench->problems, i)->text);
	die(what);
}

static struct postern_cedar_uid
uid_of(const json_t *json, const char *name)
{
	const json_t *uid = json_object_get(json, name);

	return postern_cedar_uid_of(json_string_value(json_object_get(uid, "type")),
	    json_string_value(json_object_get(uid, "id")));
}

/* From its JSON to a request that can be asked. */
static void
begin(struct bench *bench, const struct question *question, struct postern_cedar_request *request)
{
	postern_cedar_request_begin(request, uid_of(question->json, "principal"),
	    uid_of(question->json, "action"), uid_of(question->json, "resource"));
	if (!postern_cedar_request_context_json(request, "context",
		postern_cedar_text_of(question->context), NULL, bench->problems))
		complain(bench, "a context");
}

static void
read_questions(struct bench *bench, const char *folder)
{
	char *text = read_file(folder, "requests.jsonl"), *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL && bench->count < MAX_REQUESTS) {
		struct question *question = &bench->questions[bench->count];

		if (*line == '\0')
			continue;
		question->json = json_loads(line, 0, NULL);
		question->entities =
		    json_dumps(json_object_get(question->json, "entities"), JSON_COMPACT);
		question->context =
		    json_dumps(json_object_get(question->json, "context"), JSON_COMPACT);
		question->request = postern_cedar_request_new();
		if (question->context == NULL || question->request == NULL)
			die("a request");
		begin(bench, question, question->request);
		bench->count++;
	}
	free(text);
}

static void
open_bench(struct bench *bench, const char *folder)
{
	struct postern_cedar_builder *builder = postern_cedar_builder_new();
	char *policies = read_file(folder, "policies.cedar");
	char *entities = read_file(folder, "entities.json");

	bench->problems = postern_cedar_problems_new();
	bench->answer = postern_cedar_answer_new();
	if (bench->problems == NULL || bench->answer == NULL || builder == NULL)
		die("memory");
	if (!postern_cedar_builder_text(
		builder, "policies.cedar", postern_cedar_text_of(policies), bench->problems))
		complain(bench, "the policies");
	bench->policies = postern_cedar_builder_take(builder);
	bench->entities = postern_cedar_entities_parse(
	    "entities.json", postern_cedar_text_of(entities), NULL, bench->problems);
	if (bench->policies == NULL || bench->entities == NULL)
		complain(bench, "the entities");
	read_questions(bench, folder);
	free(policies);
	free(entities);
}

static void
close_bench(struct bench *bench)
{
	for (size_t i = 0; i < bench->count; i++) {
		postern_cedar_request_free(bench->questions[i].request);
		free(bench->questions[i].entities);
		free(bench->questions[i].context);
		json_decref(bench->questions[i].json);
	}
	postern_cedar_answer_free(bench->answer);
	postern_cedar_entities_free(bench->entities);
	postern_cedar_policies_free(bench->policies);
	postern_cedar_problems_free(bench->problems);
}

static bool
ask_store(struct bench *bench, const struct question *question)
{
	return postern_cedar_authorize(
	    bench->policies, bench->entities, question->request, bench->answer);
}

static bool
ask_json(struct bench *bench, const struct question *question)
{
	struct postern_cedar_entities *entities = postern_cedar_entities_parse(
	    "entities", postern_cedar_text_of(question->entities), NULL, bench->problems);
	bool allowed;

	if (entities == NULL)
		complain(bench, "the entities of a request");
	begin(bench, question, question->request);
	allowed =
	    postern_cedar_authorize(bench->policies, entities, question->request, bench->answer);
	postern_cedar_entities_free(entities);
	return allowed;
}

typedef bool ask_fn(struct bench *bench, const struct question *question);

static json_t *
id_of(const struct bench *bench, size_t policy)
{
	struct postern_cedar_text id = postern_cedar_policy_id(bench->policies, policy);

	return json_stringn(id.data, id.len);
}

/* What is answered, so that both engines can be seen to do the same. */
static json_t *
answers(struct bench *bench, ask_fn *ask)
{
	json_t *all = json_array();

	for (size_t i = 0; i < bench->count; i++) {
		json_t *reasons = json_array(), *errors = json_array();
		bool allowed = ask(bench, &bench->questions[i]);

		for (size_t j = 0; j < postern_cedar_answer_reason_count(bench->answer); j++)
			json_array_append_new(
			    reasons, id_of(bench, postern_cedar_answer_reason(bench->answer, j)));
		for (size_t j = 0; j < postern_cedar_answer_error_count(bench->answer); j++)
			json_array_append_new(errors,
			    id_of(bench, postern_cedar_answer_error_policy(bench->answer, j)));
		json_array_append_new(
		    all, json_pack("[s, o, o]", allowed ? "allow" : "deny", reasons, errors));
	}
	return all;
}

/* Seconds of the processor: what others do on the machine does not count. */
static double
now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Rounds over all questions, doubled until they take long enough to be read off a clock. */
static double
decisions_per_s(struct bench *bench, ask_fn *ask, double seconds)
{
	for (size_t rounds = 1;; rounds *= 2) {
		double began = now(), took;

		for (size_t round = 0; round < rounds; round++)
			for (size_t i = 0; i < bench->count; i++)
				(void)ask(bench, &bench->questions[i]);
		took = now() - began;
		if (took >= seconds / 2)
			return (double)(rounds * bench->count) / took;
	}
}

int
main(int argc, char **argv)
{
	static struct bench bench;
	ask_fn *ask;
	json_t *result;
	double speed;

	if (argc != 4)
		die("cedar_postern FOLDER SECONDS store|json");
	ask = strcmp(argv[3], "json") == 0 ? ask_json : ask_store;
	open_bench(&bench, argv[1]);
	speed = decisions_per_s(&bench, ask, strtod(argv[2], NULL));
	result = json_pack("{s:f, s:o}", "per_s", speed, "answers", answers(&bench, ask));
	if (result == NULL || json_dumpf(result, stdout, JSON_COMPACT) != 0)
		die("the result");
	json_decref(result);
	close_bench(&bench);
	return puts("") == EOF;
}

/*
 * Policies from a directory into one generation: listed, judged (who may write to them), read,
 * digested, parsed, all faults of all files at once. The files' bytes live in an arena of their
 * own only while they are parsed.
 */
#include "authz/authz.h"

#include <openssl/evp.h>
#include <unistd.h>

#include "authz/directory.h"
#include "authz/generation.h"
#include "authz/schemas.h"
#include "core/siphash.h"

enum {
	SCRATCH_BLOCK = 64 * 1024,
	SCRATCH_CEILING =
	    AUTHZ_MAX_TOTAL_BYTES + 16 * 1024 * 1024, /* names and complaints beside */
	DIGEST_BYTES = 32,                            /* SHA-256 */
};

#define SETTING "AUTHORIZATION_POLICIES_DIR"

/* One loading. */
struct loading {
	struct arena *arena;   /* the generation's */
	struct arena *scratch; /* until the end of the loading */
	const char *path;
	struct config_faults *faults;
	struct cedar_builder *builder;
	struct schema_builder *schemas; /* NULL: there is no schema so far */
	EVP_MD_CTX *digest;
	size_t file_count; /* policy files, without schemas */
	uint64_t total;    /* bytes read */
	bool ok;
};

static void
fault(struct loading *loading, const char *name, const char *text)
{
	config_fault(loading->faults, loading->arena, SETTING ": %s%s%s", name,
	    *name == '\0' ? "" : ": ", text);
	loading->ok = false;
}

/* Root may write everywhere, and in development one edits policies as the user who serves. */
static bool
asks_who_may_write(const struct config *config)
{
	return geteuid() != 0 && config->environment != ENVIRONMENT_DEVELOPMENT &&
	       config->environment != ENVIRONMENT_TEST;
}

static void
judge_writers(struct loading *loading, const struct directory *directory)
{
	if (directory->writable_folder != NULL)
		fault(loading, directory->writable_folder,
		    "the folder must not be writable by the user who serves");
	for (size_t i = 0; i < directory->count; i++)
		if (directory->files[i].is_writable)
			fault(loading, directory->files[i].name,
			    "must not be writable by the user who serves");
}

/* Lengths go in too, so that no two sets of files spell the same bytes. */
static bool
digest_slice(EVP_MD_CTX *digest, struct slice s)
{
	uint64_t len = s.len;

	return EVP_DigestUpdate(digest, &len, sizeof(len)) == 1 &&
	       EVP_DigestUpdate(digest, s.data, s.len) == 1;
}

/* What a reader says about a file, or about all of them together. */
static void
fault_complaints(
    struct loading *loading, const char *name, const struct cedar_complaints *complaints)
{
	size_t shown = complaints->count < CEDAR_MAX_ERRORS ? complaints->count : CEDAR_MAX_ERRORS;

	for (size_t i = 0; i < shown; i++) {
		const char *text = cedar_complaint_text(loading->scratch, &complaints->items[i]);

		fault(loading, "", text == NULL ? "out of memory" : text);
	}
	if (complaints->count > shown)
		fault(loading, name, "has more errors than these");
}

static bool
parse_schema(struct loading *loading, const char *name, struct slice content,
    struct cedar_complaints *complaints)
{
	if (loading->schemas == NULL)
		loading->schemas = schema_builder_new(loading->arena);
	if (loading->schemas != NULL)
		return schemas_add(loading->schemas, loading->arena, name, content, complaints);
	fault(loading, name, "out of memory");
	return true;
}

static void
parse_file(struct loading *loading, const struct directory_file *file, struct slice content)
{
	struct cedar_complaints *complaints =
	    arena_calloc(loading->scratch, 1, sizeof(*complaints));

	if (complaints == NULL)
		fault(loading, file->name, "out of memory");
	else if (file->is_schema
		     ? !parse_schema(loading, file->name, content, complaints)
		     : !cedar_builder_add_text(loading->builder, file->name, content, complaints))
		fault_complaints(loading, file->name, complaints);
}

static void
load_file(struct loading *loading, const struct directory_file *file)
{
	const char *text;
	struct slice content;

	loading->file_count += !file->is_schema;
	if (!directory_read(loading->scratch, loading->path, file->name, &content, &text)) {
		fault(loading, file->name, text);
		return;
	}
	loading->total += content.len;
	if (loading->total > AUTHZ_MAX_TOTAL_BYTES) {
		fault(loading, file->name, "the policies are too large altogether");
		return;
	}
	if (!digest_slice(loading->digest, slice_from(file->name)) ||
	    !digest_slice(loading->digest, content))
		fault(loading, file->name, "SHA-256 fails");
	parse_file(loading, file, content);
}

static void
load_directory(struct loading *loading, const struct config *config)
{
	struct directory directory;
	const char *text;

	if (!directory_list(loading->scratch, loading->path, &directory, &text)) {
		fault(loading, "", text);
		return;
	}
	if (asks_who_may_write(config))
		judge_writers(loading, &directory);
	for (size_t i = 0; i < directory.count; i++)
		load_file(loading, &directory.files[i]);
	if (loading->file_count == 0)
		fault(loading, "", "holds no .cedar file");
}

static void
finish_digest(struct loading *loading, struct authz *authz)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[DIGEST_BYTES];
	unsigned len = 0;

	if (EVP_DigestFinal_ex(loading->digest, bytes, &len) != 1 || len != DIGEST_BYTES) {
		fault(loading, "", "SHA-256 fails");
		return;
	}
	for (size_t i = 0; i < AUTHZ_DIGEST_DIGITS; i++)
		authz->digest[i] = digits[i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15];
}

/* Texts cannot link: a template among them would look like a rule and never be asked. */
static void
refuse_templates(struct loading *loading, const struct cedar_policies *policies)
{
	for (size_t i = 0; i < cedar_templates_count(policies); i++) {
		struct slice place = cedar_template_place(policies, i);
		const char *name = arena_dup(loading->scratch, place.data, place.len);

		fault(loading, name == NULL ? "" : name,
		    "this is a template, and nothing here links it");
	}
}

/* The warnings move out of the scratch arena; errors are faults. */
static void
check_policies(struct loading *loading, const struct cedar_schema *schema, struct authz *authz)
{
	struct schemas_findings findings = { .error_count = 0 };
	const char *text =
	    schemas_check_policies(authz->policies, schema, loading->scratch, &findings);
	const char **warnings =
	    arena_calloc(loading->arena, findings.warning_count, sizeof(*warnings));

	if (text != NULL || warnings == NULL) {
		fault(loading, "", text == NULL ? "out of memory" : text);
		return;
	}
	for (size_t i = 0; i < findings.error_count; i++)
		fault(loading, "", findings.errors[i]);
	for (size_t i = 0; i < findings.warning_count; i++) {
		warnings[i] =
		    arena_dup(loading->arena, findings.warnings[i], strlen(findings.warnings[i]));
		if (warnings[i] == NULL) {
			fault(loading, "", "out of memory");
			return;
		}
	}
	authz->warnings = warnings;
	authz->warning_count = findings.warning_count;
}

static void
check_routes(struct loading *loading, const struct cedar_schema *schema, struct authz *authz)
{
	for (size_t i = 0; i < authz->route_count; i++) {
		struct authz_route *route = &authz->routes[i];
		const char *text;

		if (route->resource_type.data == NULL)
			continue; /* it was complained about already */
		text = schemas_check_route(schema, loading->arena, route);
		if (text != NULL) {
			config_fault(loading->faults, loading->arena, "route %s: %s",
			    route->route->path, text);
			loading->ok = false;
		}
	}
}

/* Without a schema there is nothing to hold policies and routes against. */
static void
check_against_schema(struct loading *loading, struct authz *authz)
{
	struct cedar_complaints *complaints =
	    arena_calloc(loading->scratch, 1, sizeof(*complaints));
	const struct cedar_schema *schema;

	if (loading->schemas == NULL)
		return;
	if (complaints == NULL) {
		fault(loading, "", "out of memory");
		return;
	}
	schema = schema_builder_take(loading->schemas, complaints);
	if (schema == NULL) {
		fault_complaints(loading, "", complaints);
		return;
	}
	check_routes(loading, schema, authz);
	check_policies(loading, schema, authz);
}

static void
load(struct loading *loading, const struct config *config, struct authz *authz)
{
	if (loading->builder == NULL || loading->digest == NULL ||
	    EVP_DigestInit_ex(loading->digest, EVP_sha256(), NULL) != 1) {
		fault(loading, "", "out of memory");
		return;
	}
	load_directory(loading, config);
	finish_digest(loading, authz);
	if (!loading->ok)
		return;
	authz->policies = cedar_builder_take(loading->builder);
	if (authz->policies == NULL) {
		fault(loading, "", "out of memory");
		return;
	}
	refuse_templates(loading, authz->policies);
	if (cedar_policies_count(authz->policies) == 0)
		fault(loading, "", "holds no policy");
	check_against_schema(loading, authz);
}

static bool
read_namespace(
    struct arena *arena, struct authz *authz, const char *name, struct config_faults *faults)
{
	const char *prefix;

	if (name == NULL)
		return true;
	if (!cedar_is_path(slice_from(name))) {
		config_fault(faults, arena, "the service's cedar_namespace is no Cedar name");
		return false;
	}
	prefix = arena_printf(arena, "%s::", name);
	if (prefix == NULL) {
		config_fault(faults, arena, SETTING ": out of memory");
		return false;
	}
	authz->prefix = slice_from(prefix);
	return true;
}

struct authz *
authz_new(struct arena *arena, const struct config *config, const struct postern_service *service,
    struct config_faults *faults)
{
	struct authz *authz = arena_calloc(arena, 1, sizeof(*authz));
	struct arena scratch;
	struct loading loading = {
		.arena = arena,
		.scratch = &scratch,
		.path = config->policies_dir,
		.faults = faults,
		.builder = cedar_builder_new(arena),
		.digest = EVP_MD_CTX_new(),
		.ok = authz != NULL,
	};

	arena_init(&scratch, SCRATCH_BLOCK, SCRATCH_CEILING);
	if (authz == NULL) {
		fault(&loading, "", "out of memory");
	} else {
		authz->on_forbid_error = config->on_forbid_error;
		loading.ok &= read_namespace(arena, authz, service->cedar_namespace, faults) &&
			      authz_routes_read(arena, authz, service, faults);
		load(&loading, config, authz);
	}
	EVP_MD_CTX_free(loading.digest);
	arena_done(&scratch);
	return loading.ok ? authz : NULL;
}

const char *
authz_digest(const struct authz *authz)
{
	return authz->digest;
}

size_t
authz_policy_count(const struct authz *authz)
{
	return cedar_policies_count(authz->policies);
}

size_t
authz_warning_count(const struct authz *authz)
{
	return authz->warning_count;
}

const char *
authz_warning(const struct authz *authz, size_t index)
{
	return authz->warnings[index];
}

/* Every file's name, size and times go into the hash of the next. */
static uint64_t
stamp_file(uint64_t stamp, const struct directory_file *file)
{
	const int64_t facts[] = { (int64_t)file->size, file->modified.tv_sec,
		file->modified.tv_nsec, file->changed.tv_sec, file->changed.tv_nsec };
	struct siphash_key key = { stamp,
		siphash(&(struct siphash_key) { stamp, 1 }, facts, sizeof(facts)) };

	return siphash(&key, file->name, strlen(file->name));
}

uint64_t
authz_directory_stamp(const char *path)
{
	struct directory directory;
	struct arena scratch;
	const char *text;
	uint64_t stamp = 0;

	arena_init(&scratch, SCRATCH_BLOCK, SCRATCH_CEILING);
	if (directory_list(&scratch, path, &directory, &text)) {
		for (size_t i = 0; i < directory.count; i++)
			stamp = stamp_file(stamp, &directory.files[i]);
		if (stamp == 0)
			stamp = 1;
	}
	arena_done(&scratch);
	return stamp;
}

/*
 * `postern token keygen`: a fresh RSA key pair. A file that exists is never overwritten unless
 * --force says so, and then it is replaced whole: at no moment is there half a key, or a private
 * key that others may read.
 */
#include "tool/tool.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "tool/file.h"
#include "tool/options.h"

enum { KEYGEN_BITS = 2048 };

enum { OPT_PRIVATE, OPT_PUBLIC, OPT_FORCE, OPT_HELP };

static const struct option_kind kinds[] = {
	[OPT_PRIVATE] = { "--private", true, 0 },
	[OPT_PUBLIC] = { "--public", true, 0 },
	[OPT_FORCE] = { "--force", false, 0 },
	[OPT_HELP] = { "--help", false, 0 },
};

static const char help[] =
    "usage: postern token keygen --private ISSUER.PEM --public ISSUER.PUB.PEM [--force]\n"
    "\n"
    "Makes an RSA key pair of 2048 bits. The private half (mode 0600) is for `postern token`, the\n"
    "public half is what a service is given as JWT_PUBLIC_KEY.\n"
    "\n"
    "  --private FILE   where the private key goes\n"
    "  --public FILE    where the public key goes\n"
    "  --force          replace files that exist\n"
    "  --help           print this text\n";

struct paths {
	const char *private_key, *public_key;
	bool is_forced;
};

static bool
write_bio(const char *path, mode_t mode, bool is_forced, BIO *bio, FILE *err)
{
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);
	bool is_written = is_forced ? file_replace(path, mode, data, (size_t)len)
				    : file_create(path, mode, data, (size_t)len);

	if (!is_written)
		fprintf(err, "postern: %s could not be written: %s\n", path, strerror(errno));
	return is_written;
}

/* When the second file fails the first goes again, unless it replaced another. */
static bool
write_pair(const struct paths *paths, EVP_PKEY *pkey, FILE *err)
{
	BIO *private_pem = BIO_new(BIO_s_secmem()), *public_pem = BIO_new(BIO_s_mem());
	bool is_written = false;

	if (private_pem == NULL || public_pem == NULL ||
	    PEM_write_bio_PKCS8PrivateKey(private_pem, pkey, NULL, NULL, 0, NULL, NULL) != 1 ||
	    PEM_write_bio_PUBKEY(public_pem, pkey) != 1)
		fputs("postern: the keys could not be encoded\n", err);
	else if (write_bio(paths->private_key, 0600, paths->is_forced, private_pem, err)) {
		is_written = write_bio(paths->public_key, 0644, paths->is_forced, public_pem, err);
		if (!is_written && !paths->is_forced)
			(void)unlink(paths->private_key);
	}
	BIO_free(private_pem);
	BIO_free(public_pem);
	return is_written;
}

static enum tool_exit
make_pair(const struct paths *paths, FILE *err)
{
	EVP_PKEY *pkey;
	bool is_made;

	/* Asked first, for a key takes its time; O_EXCL decides. */
	if (!paths->is_forced &&
	    (access(paths->private_key, F_OK) == 0 || access(paths->public_key, F_OK) == 0)) {
		fputs("postern: a key file exists; --force replaces it\n", err);
		return TOOL_FAILED;
	}
	pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)KEYGEN_BITS);
	if (pkey == NULL)
		fputs("postern: no key could be made\n", err);
	is_made = pkey != NULL && write_pair(paths, pkey, err);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return is_made ? TOOL_OK : TOOL_FAILED;
}

static void
apply(struct paths *paths, int option, const char *value)
{
	if (option == OPT_PRIVATE)
		paths->private_key = value;
	else if (option == OPT_PUBLIC)
		paths->public_key = value;
	else if (option == OPT_FORCE)
		paths->is_forced = true;
}

enum tool_exit
keygen_command(int argc, char **argv, FILE *out, FILE *err)
{
	struct options options = options_of(kinds, COUNT_OF(kinds), argc, argv);
	struct paths paths = { NULL, NULL, false };
	const char *value = NULL;
	int option;

	while ((option = options_next(&options, &value, err)) != OPTION_END) {
		if (option == OPT_HELP) {
			fputs(help, out);
			return tool_finish(out, err);
		}
		if (option == OPTION_BAD)
			return TOOL_USAGE;
		apply(&paths, option, value);
	}
	if (paths.private_key == NULL || paths.public_key == NULL ||
	    strcmp(paths.private_key, paths.public_key) == 0) {
		fputs("postern: --private and --public name two files\n", err);
		return TOOL_USAGE;
	}
	return make_pair(&paths, err);
}

/*
 * The faulty library drew primes of the form k*M + (65537^a mod M), M a product of small primes.
 * So modulo each of those small primes the modulus is a power of 65537, which a healthy one
 * almost never is for all of them.
 */
#include "authn/roca.h"

#include <stddef.h>

#include "core/compiler.h"

static const unsigned char small_primes[] = { 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47,
	53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149,
	151, 157, 163, 167 };

/* Whether `residue` is 65537^a mod `prime` for some a. */
static bool
is_power(unsigned residue, unsigned prime)
{
	unsigned power = 1;

	for (unsigned a = 0; a < prime; a++) {
		if (power == residue)
			return true;
		power = power * (65537 % prime) % prime;
	}
	return false;
}

bool
roca_is_suspect(const BIGNUM *modulus)
{
	for (size_t i = 0; i < COUNT_OF(small_primes); i++) {
		unsigned prime = small_primes[i];

		if (!is_power((unsigned)BN_mod_word(modulus, prime), prime))
			return false;
	}
	return true;
}

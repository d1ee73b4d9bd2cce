/*
 * The header fields that tell a browser to trust a response with as little as possible
 * (SECURITY-REQUIREMENTS §5), as the lines that they are sent in: once for all who write them.
 * Values are those of flask-talisman 1.1.0 as the Python template configures it; Cache-Control goes
 * beyond it.
 */
#ifndef POSTERN_HTTP_SECURITY_FIELDS_H
#define POSTERN_HTTP_SECURITY_FIELDS_H

/* Every response. */
#define SECURITY_FIELDS                                                           \
	"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" \
	"Referrer-Policy: strict-origin-when-cross-origin\r\n"                    \
	"X-Frame-Options: SAMEORIGIN\r\n"                                         \
	"X-Content-Type-Options: nosniff\r\n"                                     \
	"Permissions-Policy: browsing-topics=()\r\n"
/* And what only who asked may see. */
#define SECURITY_FIELDS_PRIVATE "Cache-Control: no-store\r\n"
/* And over HTTPS in production: never over plain HTTP (RFC 6797 §7.2). */
#define SECURITY_FIELDS_HTTPS "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n"

#endif

/* All of Postern's public interface for services. */
#ifndef POSTERN_POSTERN_H
#define POSTERN_POSTERN_H

#include <postern/entity.h>
#include <postern/export.h>
#include <postern/log.h>
#include <postern/request.h>
#include <postern/response.h>
#include <postern/service.h>
#include <postern/status.h>

#endif

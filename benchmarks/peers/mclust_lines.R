# mclust on one cohort per line: JSON in, JSON out. Complete rows only, which is all that it takes.
# {"scores": [[..., null]], "given": number of profiles or 0, "most": K}
# -> {"people": row numbers from 0, "chosen": fit, "several": fit, "given": fit}; a fit has k, memberships, covariances; or {"error": ...}
suppressPackageStartupMessages({library(mclust); library(jsonlite)})

fitted <- function(scores, numbers) tryCatch({
  fit <- Mclust(scores, G = numbers, verbose = FALSE)
  if (is.null(fit)) stop("no model")
  list(k = fit$G, memberships = unname(fit$z),
       covariances = lapply(seq_len(fit$G), function(k) unname(as.matrix(fit$parameters$variance$sigma[, , k]))))
}, error = function(reason) list(error = conditionMessage(reason)))

lines <- file("stdin", open = "r")
while (length(line <- readLines(lines, n = 1)) > 0) {
  asked <- fromJSON(line)
  whole <- which(rowSums(is.na(asked$scores)) == 0)
  scores <- asked$scores[whole, , drop = FALSE]
  answer <- list(people = whole - 1, chosen = fitted(scores, seq_len(asked$most)))
  if (asked$given > 0) {
    answer$several <- fitted(scores, seq(2, asked$most))
    answer$given <- fitted(scores, asked$given)
  }
  cat(toJSON(answer, digits = 8, auto_unbox = TRUE, matrix = "rowmajor"), "\n", sep = "")
  flush(stdout())
}

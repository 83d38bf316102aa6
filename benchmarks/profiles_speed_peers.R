# mclust at work, for profiles_speed.py: reads one job per line, "job table.csv tolerance", answers with one line of
# JSON: seconds of the processor and the values found.
suppressPackageStartupMessages({library(mclust); library(jsonlite)})

MOST <- 6; STARTS <- 20; RESAMPLES <- 99; TESTS <- 3

# the best of twenty starts: everybody with the nearest of k people drawn at random
best_of_random <- function(scores, k, tol) {
  best <- -Inf
  for (start in seq_len(if (k > 1) STARTS else 1)) {
    seeds <- scores[sample(nrow(scores), k), , drop = FALSE]
    distance <- -2 * scores %*% t(seeds) + rep(rowSums(seeds^2), each = nrow(scores))
    fit <- me(scores, modelName = "VVI", z = unmap(max.col(-distance), groups = 1:k), control = emControl(tol = tol))
    if (is.finite(fit$loglik)) best <- max(best, fit$loglik)
  }
  best
}

jobs <- list(
  path = function(scores, tol) sapply(1:MOST, function(k) best_of_random(scores, k, tol)),
  # one refit of each cohort for either hypothesis, both from what was found in the real cohort
  test = function(scores, tol)
    colMeans(mclustBootstrapLRT(scores, modelName = "VVI", nboot = RESAMPLES, maxG = TESTS, verbose = FALSE)$boot)
)

input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  asked <- strsplit(line, " ")[[1]]
  scores <- as.matrix(read.csv(asked[2]))
  set.seed(1)
  spent <- system.time(values <- jobs[[asked[1]]](scores, as.numeric(asked[3])))
  cat(toJSON(list(seconds = unbox(spent[["user.self"]] + spent[["sys.self"]]), values = values), digits = NA), "\n")
  flush(stdout())
}

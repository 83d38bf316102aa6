# What mclust gives for mixtures.csv in every family that it shares with us, climbed to the end (no prior, no noise).
# Run from anywhere: Rscript tests/verified/own/mixtures.R [file to write]; by default mixtures.json beside this script.
# Debian: apt-get install r-base-core r-cran-mclust r-cran-jsonlite
suppressPackageStartupMessages({ library(mclust); library(jsonlite) })

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
here <- dirname(normalizePath(script))
given <- commandArgs(TRUE)
target <- if (length(given)) given[1] else file.path(here, "mixtures.json")

people <- read.csv(file.path(here, "mixtures.csv"))
scores <- as.matrix(people[complete.cases(people), ])
precise <- emControl(tol = c(1e-14, 1e-14), itmax = c(50000, 50000))

# the best of many starts, everybody with the nearest of three people drawn at random, climbed to the end
climbed <- function(family) {
  starts <- lapply(1:100, function(start) {
    seeds <- scores[sample(nrow(scores), 3), ]
    nearest <- apply(as.matrix(dist(rbind(seeds, scores)))[-(1:3), 1:3], 1, which.min)
    me(scores, modelName = family, z = unmap(nearest, groups = 1:3))
  })
  best <- starts[[which.max(sapply(starts, function(each) if (is.finite(each$loglik)) each$loglik else -Inf))]]
  me(scores, modelName = family, z = best$z, control = precise)
}

fitted <- function(family) {
  found <- climbed(family)
  place <- order(colMeans(found$parameters$mean))
  list(
    log_likelihood = found$loglik, n_parameters = nMclustParams(family, d = ncol(scores), G = 3),
    bic = -bic(family, loglik = found$loglik, n = nrow(scores), d = ncol(scores), G = 3), # smaller is better, as ours
    weights = found$parameters$pro[place], means = t(found$parameters$mean)[place, ],
    covariances = aperm(found$parameters$variance$sigma, c(3, 1, 2))[place, , ],
    profile = order(place)[max.col(found$z)] - 1
  )
}

set.seed(1)
families <- c("EII", "VII", "EEI", "VVI", "EEE", "VVV")
told <- list(
  made_with = list(r = R.version.string, mclust = as.character(packageVersion("mclust"))),
  families = setNames(lapply(families, fitted), families)
)
write(toJSON(told, auto_unbox = TRUE, digits = NA, pretty = TRUE), target)

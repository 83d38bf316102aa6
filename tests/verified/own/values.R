# What R gives for pool.csv, in full precision: psych for alpha and its company, lavaan for the factor models.
# Run from anywhere: Rscript tests/verified/own/values.R [file to write]; by default expected.json beside this script.
# Debian: apt-get install r-base-core r-cran-psych r-cran-lavaan r-cran-jsonlite
suppressPackageStartupMessages({ library(psych); library(lavaan); library(jsonlite) })
options(mc.cores = 1) # parallel workers would draw from seeds of their own

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
here <- dirname(normalizePath(script))
given <- commandArgs(TRUE)
target <- if (length(given)) given[1] else file.path(here, "expected.json")

pool <- read.csv(file.path(here, "pool.csv"), row.names = 1)
does_not_apply <- !is.na(pool) & pool < 0
pool[does_not_apply] <- NA
scales <- list(
  A = grep("^a", names(pool), value = TRUE), B = grep("^b", names(pool), value = TRUE),
  C = grep("^c", names(pool), value = TRUE), D3 = grep("^d3", names(pool), value = TRUE),
  I = grep("^i", names(pool), value = TRUE)
)
precise <- list(reltol = 1e-16, maxit = 10000)
indices <- c("chisq", "df", "cfi", "rmsea", "srmr", "bic")

psych_alpha <- function(items) {
  found <- suppressWarnings(suppressMessages(psych::alpha(items, check.keys = FALSE, warnings = FALSE)))
  list(
    alpha = found$total$raw_alpha, alpha_standardised = found$total$std.alpha, mean_inter_item = found$total$average_r,
    n = found$item.stats$n, mean = found$item.stats$mean, sd = found$item.stats$sd,
    alpha_if_dropped = found$alpha.drop$raw_alpha
  )
}

feldt <- function(alpha, n, k, level) {
  found <- psych::alpha.ci(alpha, n.obs = n, n.var = k, p.val = 1 - level, digits = 15)
  unlist(found[c("lower.ci", "upper.ci")], use.names = FALSE)
}

split_half <- function(items) {
  odd <- seq(1, ncol(items), 2)
  r <- cor(rowSums(items[, odd, drop = FALSE]), rowSums(items[, -odd, drop = FALSE]))
  2 * r / (1 + r)
}

confirmatory <- function(model, items) {
  fit <- cfa(model, data = items, std.lv = TRUE, estimator = "ML", optim.method = "BFGS", control = precise)
  stopifnot(lavInspect(fit, "converged"))
  estimates <- lavInspect(fit, "est")
  list(
    n = lavInspect(fit, "nobs"), fit = as.list(fitMeasures(fit, indices)),
    loadings = unname(estimates$lambda), uniquenesses = unname(diag(estimates$theta)), correlations = unname(estimates$psi)
  )
}

measured_by <- function(factor, items) paste(factor, "=~", paste(items, collapse = " + "))

one_scale <- function(items) {
  complete <- na.omit(items)
  model <- confirmatory(measured_by("f", names(items)), complete)
  common <- sum(model$loadings)^2
  alpha <- psych_alpha(complete)$alpha
  mean_score <- rowMeans(complete)
  list(
    items = names(items), n_complete = nrow(complete),
    listwise = psych_alpha(complete), pairwise = psych_alpha(items),
    feldt_95 = feldt(alpha, nrow(complete), ncol(items), .95), feldt_90 = feldt(alpha, nrow(complete), ncol(items), .90),
    item_rest = sapply(names(items), function(item)
      cor(complete[[item]], rowSums(complete[setdiff(names(items), item)])), USE.NAMES = FALSE),
    split_half = split_half(complete), sd = sd(mean_score), se_measurement = sd(mean_score) * sqrt(1 - alpha),
    omega_model = common / (common + sum(model$uniquenesses)), one_factor = model
  )
}

score <- function(items, absent) { # mean of what was answered, from three quarters of what applies, 0-100
  answered <- rowSums(!is.na(items))
  ifelse(answered >= .75 * (ncol(items) - rowSums(absent)), rowMeans(items, na.rm = TRUE) * 25, NA)
}

correlation <- function(pair, scores) {
  found <- cor.test(scores[[pair[1]]], scores[[pair[2]]], conf.level = .90)
  list(first = pair[1], second = pair[2], n = unname(found$parameter) + 2, r = unname(found$estimate),
       low = found$conf.int[1], high = found$conf.int[2])
}

three_blocks <- function() {
  items <- na.omit(pool[unlist(scales[c("A", "B", "C")])])
  each <- sapply(c("A", "B", "C"), function(code) measured_by(code, scales[[code]]))
  set.seed(1)
  invisible(capture.output(parallel <- fa.parallel(items, fa = "pc", n.iter = 500, sim = TRUE, quant = .95, plot = FALSE)))
  list(
    items = names(items), n = nrow(items), eigenvalues = eigen(cor(items))$values,
    chance = apply(parallel$values[, grep("^Sim", colnames(parallel$values))], 2, quantile, .95, names = FALSE),
    components = parallel$ncomp,
    one = confirmatory(measured_by("f", names(items)), items), three = confirmatory(paste(each, collapse = "\n"), items)
  )
}

scores <- lapply(scales, function(items) score(pool[items], does_not_apply[, items]))
values <- list(
  made_with = list(R = R.version$version.string, psych = as.character(packageVersion("psych")),
                   lavaan = as.character(packageVersion("lavaan"))),
  scales = lapply(scales, function(items) one_scale(pool[items])),
  correlations = lapply(combn(c("A", "B", "C"), 2, simplify = FALSE), correlation, scores = scores),
  blocks = three_blocks()
)
invisible(capture.output(write_json(values, target, auto_unbox = TRUE, digits = NA, pretty = TRUE)))

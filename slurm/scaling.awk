# Reads what scaling.sbatch measured, prints a table of medians, and writes a plot to the file `svg`.
# awk -f slurm/scaling.awk -v svg=FILE scaling.tsv
BEGIN { FS = "\t" }

NR > 1 {
  key = $1 SUBSEP $2
  if (!(key in runs)) order[++keys] = key
  runs[key]++
  workers[key] = $3
  rate[key, runs[key]] = $4 / $5 / 1e6
}

# Of rate[key, 1..n]; sorts them.
function median(key, n,    i, j, x) {
  for (i = 2; i <= n; ++i) {
    x = rate[key, i]
    for (j = i - 1; j >= 1 && rate[key, j] > x; --j) rate[key, j + 1] = rate[key, j]
    rate[key, j + 1] = x
  }
  return n % 2 ? rate[key, (n + 1) / 2] : (rate[key, n / 2] + rate[key, n / 2 + 1]) / 2
}
function x_of(count) { return 70 + 620 * log(count / first) / log(last > first ? last / first : 2) }
function y_of(value) { return 430 - 380 * value / 1.2 }
function text(x, y, anchor, what) {
  printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, what > svg
}
function line(x1, y1, x2, y2, colour) {
  printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x1, y1, x2, y2, colour > svg
}

END {
  if (keys == 0) {
    print "scaling.awk: there is no run in the table" > "/dev/stderr"
    exit 1
  }
  printf "%-7s %6s %8s %12s %9s %11s\n", "study", "nodes", "workers", "Mnodes/s", "speedup", "efficiency"
  for (i = 1; i <= keys; ++i) {
    key = order[i]
    split(key, part, SUBSEP)
    middle[key] = median(key, runs[key])
    if (!(part[1] in base)) base[part[1]] = key
    one = base[part[1]]
    speedup = middle[key] / middle[one]
    efficiency[key] = speedup / (workers[key] / workers[one])
    printf "%-7s %6d %8d %12.2f %9.2f %10.1f%%\n", part[1], part[2], workers[key], middle[key], speedup, 100 * efficiency[key]
    if (first == 0 || part[2] < first) first = part[2]
    if (part[2] > last) last = part[2]
  }

  print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"500\" font-family=\"sans-serif\" font-size=\"13\">" > svg
  print "<rect width=\"720\" height=\"500\" fill=\"white\"/>" > svg
  text(380, 24, "middle", "Efficiency: nodes of the tree a second and worker, to those on the fewest nodes")
  for (percent = 0; percent <= 120; percent += 20) {
    line(70, y_of(percent / 100), 690, y_of(percent / 100), percent == 100 ? "#888888" : "#dddddd")
    text(62, y_of(percent / 100) + 4, "end", percent "%")
  }
  colour["strong"] = "#1f77b4"
  colour["weak"] = "#d62728"
  for (i = 1; i <= keys; ++i) {
    key = order[i]
    split(key, part, SUBSEP)
    study = part[1]
    x = x_of(part[2])
    y = y_of(efficiency[key])
    if (study in before_x) line(before_x[study], before_y[study], x, y, colour[study])
    else text(90, study == "strong" ? 460 : 480, "start", "<tspan fill=\"" colour[study] "\">" study " scaling</tspan>")
    printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", x, y, colour[study] > svg
    if (study == "strong") text(x, 445, "middle", part[2])
    before_x[study] = x
    before_y[study] = y
  }
  text(380, 470, "middle", "computers of the cluster (Slurm nodes)")
  print "</svg>" > svg
}

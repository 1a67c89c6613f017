exec อร&1 2> >(k b) |-g true
cat f ~&cu@ b2e;tl x; echo done

exec 3>&1 2>err.log
{ echo out; echo err >&2; } 2>&1 | tee >(cat > copy) >/dev/null
cat <<EOF <<-'Q' | kubectl apply -f - &> log
kind: $k $(date) \$x
EOF
	raw $x
	Q
diff <(kubectl get a) <(kubectl get b) || true; cat <<< "$x" >| f; read -r -u 3 a b <&3; wait $!

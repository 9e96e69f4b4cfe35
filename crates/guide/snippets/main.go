package main

import ("fmt"; "net/http"; "net/url")

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Forwarded-User")
		if id == "" {
			http.Redirect(w, r, "/auth/sign-in?return_to=/", http.StatusSeeOther)
			return
		}
		name, _ := url.PathUnescape(r.Header.Get("X-Forwarded-Name"))
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "Hello %s, your id is %s.\n", name, id)
	})
	panic(http.ListenAndServe("127.0.0.1:8000", nil))
}

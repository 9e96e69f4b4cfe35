run lambda { |env|
  id = env["HTTP_X_FORWARDED_USER"]
  next [303, { "location" => "/auth/sign-in?return_to=/" }, []] unless id
  name = Rack::Utils.unescape_path(env["HTTP_X_FORWARDED_NAME"])
  [200, { "content-type" => "text/plain; charset=utf-8" }, ["Hello #{name}, your id is #{id}.\n"]]
}

set -euo pipefail
commit="${CODEBUILD_RESOLVED_SOURCE_VERSION:?CodePipeline gave no commit}"
tag="$IMAGE_NAME-$commit"

digest_of_tag() {
  aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$tag" \
    --query 'images[0].imageId.imageDigest' --output text
}

digest="$(digest_of_tag)"
if [ "$digest" != None ]; then
  echo "$tag is there already: $digest"
else
  aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}"
  arguments=()
  while IFS= read -r argument; do
    [ -z "$argument" ] || arguments+=(--build-arg "$argument")
  done <<< "${BUILD_ARGS:-}"
  [ -z "${TARGET:-}" ] || arguments+=(--target "$TARGET")
  export BUILDX_NO_DEFAULT_ATTESTATIONS=1
  docker build --platform "$PLATFORM" --file "$DIRECTORY/$DOCKERFILE" --tag "$REPOSITORY_URI:$tag" \
    ${arguments[@]+"${arguments[@]}"} "$DIRECTORY"
  built="$(docker image inspect --format '{{.Os}}/{{.Architecture}}' "$REPOSITORY_URI:$tag")"
  if [ "$built" != "$PLATFORM" ]; then
    echo "the image is for $built, and the tasks run on $PLATFORM" >&2
    exit 1
  fi
  docker push "$REPOSITORY_URI:$tag"
  digest="$(digest_of_tag)"
fi
case "$digest" in
  sha256:*) ;;
  *)
    echo "ECR does not know $tag: $digest" >&2
    exit 1
    ;;
esac
mkdir -p image
printf '{"%s": {"architecture": "%s", "digest": "%s", "repository_arn": "%s"}}\n' \
  "$IMAGE_NAME" "$ARCHITECTURE" "$digest" "$REPOSITORY_ARN" > image/image.json
cat image/image.json

// Generates the Go code of the contracts from their committed descriptor sets, without protoc.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

func main() {
	sets, err := filepath.Glob("../../../../examples/*/proto/gen/*.binpb")
	if err != nil || len(sets) == 0 {
		log.Fatal("no descriptor sets: ", err)
	}
	for _, set := range sets {
		if err := generate(set); err != nil {
			log.Fatal(set, ": ", err)
		}
	}
}

func generate(set string) error {
	data, err := os.ReadFile(set)
	if err != nil {
		return err
	}
	var descriptors descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(data, &descriptors); err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(set), ".binpb")
	// The contracts have no go_package.
	parameter := fmt.Sprintf("module=interop,M%s.proto=interop/gen/%s", name, name)
	request, err := proto.Marshal(&pluginpb.CodeGeneratorRequest{
		FileToGenerate: []string{name + ".proto"},
		Parameter:      &parameter,
		ProtoFile:      descriptors.File,
	})
	if err != nil {
		return err
	}
	for _, plugin := range []string{"protoc-gen-go", "protoc-gen-go-grpc"} {
		command := exec.Command("go", "tool", plugin)
		command.Stdin, command.Stderr = bytes.NewReader(request), os.Stderr
		output, err := command.Output()
		if err != nil {
			return err
		}
		var response pluginpb.CodeGeneratorResponse
		if err := proto.Unmarshal(output, &response); err != nil {
			return err
		}
		if response.Error != nil {
			return fmt.Errorf("%s: %s", plugin, *response.Error)
		}
		for _, file := range response.File {
			if err := os.MkdirAll(filepath.Dir(file.GetName()), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(file.GetName(), []byte(file.GetContent()), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
